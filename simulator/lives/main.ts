/**
 * `npm run lives -- [--seeds N] [--first N] [--kind KIND]`: plays lives of files whose truth is known, of each kind of
 * publisher, and counts by kind what was right, held and silently wrong. Shows the first life of each kind that fails,
 * shortened; with --no-shrink none. `--seed S --kind KIND` plays one again and shows
 * its versions. `--mutant NAME` (or `all`) plays lives with a rule broken on purpose. --json: plays up to
 * the first life that is silently wrong, and prints one line.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { scratchFolder, seedsOf } from "../command-line.ts";
import { playMutants, type Summary } from "../mutants.ts";
import { KINDS, type Kind, lifeOf } from "./kinds/index.ts";
import { live } from "./live.ts";
import { LIFE_MUTANTS } from "./mutants.ts";
import { failureText } from "./report.ts";
import { shrunk } from "./shrink.ts";
import { isSilentlyWrong, Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    first: { type: "string", default: "1" },
    seed: { type: "string" },
    kind: { type: "string", default: "all" },
    "no-shrink": { type: "boolean", default: false },
    mutant: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/** The kinds that --kind names. Ends the process with 2 when there is none. */
function kindsOf(name: string): readonly Kind[] {
  const kinds = KINDS.filter((kind) => name === "all" || kind.name === name);
  if (kinds.length > 0) return kinds;
  console.error(`lives: there is no kind ${name}: there are ${KINDS.map((kind) => kind.name).join(", ")}`);
  process.exit(2);
}

/** Plays the lives of all seeds, and prints the failing ones and the table. */
async function playForPeople(
  kinds: readonly Kind[],
  seeds: readonly number[],
  folder: string,
): Promise<void> {
  const tally = new Tally();
  const begun = performance.now();
  for (const kind of kinds)
    for (const seed of seeds) {
      const life = lifeOf(kind, seed);
      const lived = await live(life, folder);
      const isNew = tally.take(kind, life, lived);
      if (values.seed !== undefined) console.log(failureText(life, lived));
      else if (isNew && !values["no-shrink"]) {
        const short = await shrunk(life, (one) => live(one, folder));
        console.log(failureText(short.life, short.lived));
      }
    }
  for (const line of tally.lines()) console.log(line);
  console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
  if (tally.failed) process.exitCode = 1;
}

/** Plays the lives seed by seed, up to the first that is silently wrong. */
async function playForPrograms(
  kinds: readonly Kind[],
  seeds: readonly number[],
  folder: string,
): Promise<Summary> {
  const begun = performance.now();
  let violation: Summary["violation"] = null;
  let played = 0;
  for (const seed of seeds)
    for (const kind of kinds) {
      if (violation !== null) break;
      const life = lifeOf(kind, seed);
      const wrong = (await live(life, folder)).results.find((result) => isSilentlyWrong(life, result));
      played++;
      if (wrong === undefined) continue;
      const message = `${kind.name}: silently wrong in step ${wrong.step + 1}: ${life.steps[wrong.step]?.did}`;
      violation = { seed, message };
    }
  const [first = 0, last = 0] = [seeds[0], seeds.at(-1)];
  const seconds = (performance.now() - begun) / 1000;
  return { first, last, played, violation, counts: { lives: played }, hashes: {}, seconds };
}

async function playLives(): Promise<void> {
  const kinds = kindsOf(values.kind);
  const { first, count } = seedsOf("lives", values);
  const seeds = Array.from({ length: count }, (_, n) => first + n);
  const scratch = scratchFolder("lives");
  try {
    const folder = join(scratch, "life");
    if (!values.json) return await playForPeople(kinds, seeds, folder);
    const summary = await playForPrograms(kinds, seeds, folder);
    console.log(JSON.stringify(summary));
    if (summary.violation !== null) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (values.mutant === undefined) await playLives();
else await playMutants("lives", values.mutant, LIFE_MUTANTS);
