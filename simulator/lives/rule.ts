/**
 * `node simulator/lives/rule.ts [--seeds N] [--first N] [--json]`: plays lives of files against rule 9 alone
 * (producer/testing/rule-lives.ts), with ids and without, and counts by publisher. Ends with 1 where a sale is counted wrongly in
 * silence, or where too many versions of a publisher without mistakes are held.
 */
import { parseArgs } from "node:util";
import { PUBLISHERS } from "../../producer/testing/lives.ts";
import { playLife, type Told } from "../../producer/testing/rule-lives.ts";
import { seedsOf } from "../command-line.ts";
import type { Summary } from "../mutants.ts";

/** The part of the versions of lives without mistakes that may be held, of so many versions and more. */
const HELD = { part: 0.05, versions: 500 } as const;
/** How often in 100 steps each kind of mistake happens. */
const MISTAKES = [0, 4] as const;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "60" },
    first: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const { first, count } = seedsOf("lives", values);
const begun = performance.now();

const lives = Object.entries(PUBLISHERS).flatMap(([name, publisher]) =>
  [false, true].flatMap((hasIds) =>
    MISTAKES.map((mistakes) => {
      const told: Told = { versions: 0, held: 0, wrong: [] };
      return { name: `${name}${hasIds ? ", with ids" : ""}`, publisher, options: { mistakes, hasIds }, told };
    }),
  ),
);

let violation: Summary["violation"] = null;
let played = 0;
for (let seed = first; seed < first + count && violation === null; seed++)
  for (const { name, publisher, options, told } of lives) {
    playLife(publisher, seed, options, told);
    played++;
    const [wrong] = told.wrong;
    const isOften = options.mistakes === 0 && told.versions >= HELD.versions;
    if (wrong !== undefined) violation ??= { seed, message: `${name}: silently wrong: ${wrong}` };
    else if (isOften && told.held > HELD.part * told.versions)
      violation ??= { seed, message: `${name}: ${told.held} of ${told.versions} versions held` };
  }

const seconds = (performance.now() - begun) / 1000;
if (values.json) {
  const sum = (of: (told: Told) => number) => lives.reduce((total, { told }) => total + of(told), 0);
  const counts = { versions: sum(({ versions }) => versions), held: sum(({ held }) => held) };
  const summary: Summary = { first, last: first + count - 1, played, violation, counts, hashes: {}, seconds };
  console.log(JSON.stringify(summary));
} else {
  for (const { name, options, told } of lives) {
    const held = ((100 * told.held) / Math.max(1, told.versions)).toFixed(1);
    const what = options.mistakes === 0 ? "without mistakes" : "with mistakes";
    console.log(`${`${name}, ${what}`.padEnd(58)}${told.versions} versions, ${told.held} held (${held} %)`);
  }
  console.log(`${played} lives in ${seconds.toFixed(1)} s, ${violation?.message ?? "none silently wrong"}`);
}
if (violation !== null) process.exitCode = 1;
