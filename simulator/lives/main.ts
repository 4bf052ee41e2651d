/**
 * `npm run lives -- [--seeds N] [--first N] [--kind KIND]`: plays lives of files whose truth is known, of each kind of
 * publisher, and counts by kind what was right, held and silently wrong. Shows the first life of each kind that fails,
 * shortened; with --no-shrink none. `--seed S --kind KIND` plays one again and shows
 * its versions.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { scratchFolder, seedsOf } from "../command-line.ts";
import { KINDS, lifeOf } from "./kinds/index.ts";
import { live } from "./live.ts";
import { failureText } from "./report.ts";
import { shrunk } from "./shrink.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    kind: { type: "string", default: "all" },
    "no-shrink": { type: "boolean", default: false },
  },
});

const kinds = KINDS.filter(({ name }) => values.kind === "all" || name === values.kind);
if (kinds.length === 0) {
  console.error(
    `lives: there is no kind ${values.kind}: there are ${KINDS.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}
const { first, count } = seedsOf("lives", values);
const folder = scratchFolder("lives");
try {
  const tally = new Tally();
  const begun = performance.now();
  for (const kind of kinds) {
    for (let seed = first; seed < first + count; seed++) {
      const life = lifeOf(kind, seed);
      const lived = await live(life, join(folder, "life"));
      const isNew = tally.take(kind, life, lived);
      if (values.seed !== undefined) console.log(failureText(life, lived));
      else if (isNew && !values["no-shrink"]) {
        const short = await shrunk(life, (one) => live(one, join(folder, "life")));
        console.log(failureText(short.life, short.lived));
      }
    }
  }
  for (const line of tally.lines()) console.log(line);
  console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
  if (tally.failed) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
