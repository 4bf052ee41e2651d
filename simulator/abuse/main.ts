/**
 * `npm run abuse -- [--inputs N] [--first N]`: feeds hostile inputs to each parser of bytes that others write, from seeds, and
 * ends with 1 when one throws, does not pause for 200 ms, does not end, or needs more than 350 MiB. `--seed S` feeds one.
 * With `--program`, `ventes start` itself is fed: answers of servers, requests to its page, records in its topics.
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { scratchFolder, wholeNumber } from "../command-line.ts";
import { abuse } from "./abuse.ts";
import { abuseProgram } from "./program/abuse-program.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    program: { type: "boolean", default: false },
  },
});
const first = wholeNumber("abuse", "first", values.seed ?? values.first);
const count = values.seed === undefined ? wholeNumber("abuse", "inputs", values.inputs) : 1;
const folder = scratchFolder("abuse");
const begun = performance.now();
try {
  const bad = values.program ? await program() : await parsers();
  console.log(`${bad} bad of ${count}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  if (bad > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function parsers(): Promise<number> {
  const { bad, fed, longest } = await abuse({ first, count, folder });
  for (const { seed, parser, why } of bad.slice(0, 20)) console.log(`seed ${seed}, ${parser}: ${why}`);
  for (const [parser, inputs] of Object.entries(fed))
    console.log(
      `${parser.padEnd(30)} ${String(inputs).padStart(8)} inputs, longest ${(longest[parser] ?? 0).toFixed(1)} ms`,
    );
  return bad.length;
}

async function program(): Promise<number> {
  const { bad, fed, longestMs, heapMb, healthyMs, obeyedMs } = await abuseProgram({ first, count, folder });
  for (const why of bad) console.log(why);
  for (const [kind, inputs] of Object.entries(fed))
    console.log(`${kind.padEnd(30)} ${String(inputs).padStart(8)} inputs`);
  console.log(
    `longest ${longestMs.toFixed(0)} ms without a pause, heap ${heapMb.toFixed(0)} MiB, a new row of a healthy source after ${healthyMs.toFixed(0)} ms, ended ${obeyedMs.toFixed(0)} ms after SIGTERM`,
  );
  return bad.length;
}
