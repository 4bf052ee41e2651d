/**
 * `npm run abuse -- [--inputs N] [--first N]`: feeds hostile inputs to each parser of bytes that others write, from seeds, and
 * ends with 1 when one throws, does not pause for 200 ms, does not end, or needs more than 350 MiB. `--seed S` feeds one.
 */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { scratchFolder, wholeNumber } from "../command-line.ts";
import { abuse } from "./abuse.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
  },
});
const first = wholeNumber("abuse", "first", values.seed ?? values.first);
const count = values.seed === undefined ? wholeNumber("abuse", "inputs", values.inputs) : 1;
const folder = scratchFolder("abuse");
try {
  const begun = performance.now();
  const { bad, fed, longest } = await abuse({ first, count, folder });
  for (const { seed, parser, why } of bad.slice(0, 20)) console.log(`seed ${seed}, ${parser}: ${why}`);
  for (const [parser, inputs] of Object.entries(fed))
    console.log(
      `${parser.padEnd(30)} ${String(inputs).padStart(8)} inputs, longest ${(longest[parser] ?? 0).toFixed(1)} ms`,
    );
  console.log(`${bad.length} bad of ${count}, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  if (bad.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
