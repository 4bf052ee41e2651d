import { expect, it } from "vitest";
import { isForTests } from "./boundaries.ts";
import { breachesOfClock, MAY_READ_THE_MACHINE, readsOfMachine } from "./clock.ts";
import { isCode, projectFiles, readProjectFile } from "./tree.ts";

const program = projectFiles().filter((path) => isCode(path) && !isForTests(path));

it("the program reads the clock and random numbers of the effect, not of the machine", () => {
  expect(program.length).toBeGreaterThan(200);
  expect(program.flatMap((path) => breachesOfClock(path, readProjectFile(path)))).toEqual([]);
});

it("each exception is one", () => {
  const reading = program.filter((path) => readsOfMachine(path, readProjectFile(path)).length > 0);
  for (const place of Object.keys(MAY_READ_THE_MACHINE))
    expect(
      reading.some((path) => path.startsWith(place)),
      place,
    ).toBe(true);
});

it.each([
  "Date.now()",
  "Date.now",
  "new Date()",
  "new Date( )",
  "Date()",
  "performance.now()",
  "process.hrtime.bigint()",
  "setTimeout(f, 1)",
  "setInterval(f, 1)",
  "setImmediate(f)",
  "AbortSignal.timeout(1)",
  "Math.random()",
  "randomUUID()",
  "crypto.randomUUID()",
  "randomBytes(8)",
  'import { randomUUID } from "node:crypto"',
])("%s is found", (code) => {
  expect(breachesOfClock("consumer/a.ts", `const a = 1;\n${code};\n`)).toEqual([`consumer/a.ts:2: ${code};`]);
});

it("dates that are given, methods of others, and comments are not", () => {
  const code = [
    "new Date(ms)",
    "parseDate()",
    "new Date(Date.parse(text))",
    "// Date.now()",
    "/* Math.random() */ 1",
    "clock.currentTimeMillisUnsafe()",
  ].join("\n");
  expect(breachesOfClock("consumer/a.ts", code)).toEqual([]);
  expect(breachesOfClock("cli/main.ts", "setTimeout(f, 1)")).toEqual([]);
});
