/**
 * Deliberately broken copies of the rules: each is an edit of one file, applied while its module is loaded
 * (edited-modules.ts) by the simulator, which must find a violation. The text to replace must stand in the file exactly once, so that a
 * mutant cannot die out unnoticed when its code changes.
 */

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { LIFE_MUTANTS, RULE_MUTANTS } from "./lives/mutants.ts";
import type { Mutant } from "./mutant.ts";

const BATCH = "consumer/batch.ts";
const REFRESH = "analyzer/refresh/refresh.ts";
const PUBLISH = "producer/sync/publish-version.ts";
const TAKEOVER = "producer/sync/takeover.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    name: "position-not-compared",
    breaks: "a batch is applied wherever the partition stands",
    edits: [{ file: BATCH, find: "if (position !== expected) {", replace: "if (position < 0) {" }],
    within: 300,
    shownBy: 12,
  },
  {
    name: "position-in-another-transaction",
    breaks: "the position is written after the rows are committed",
    edits: [
      {
        file: BATCH,
        find: "sql.advance.run({ topic, partition, position: next, events, unchanged, superseded, rejected });",
        replace:
          "later = () => sql.advance.run({ topic, partition, position: next, events, unchanged, superseded, rejected });",
      },
      {
        file: BATCH,
        find: "const AT_START = ",
        replace: "let later: () => unknown = () => {};\nconst AT_START = ",
      },
      { file: BATCH, find: "        end.run();\n", replace: "        end.run();\n        later();\n" },
    ],
    within: 300,
    shownBy: 6,
  },
  {
    name: "commit-number-outside",
    breaks: "the number of a commit is the one after this writer's last, not the one after the newest",
    edits: [
      {
        file: BATCH,
        find: 'const before = sql.counter.get("commit") as number;',
        replace: 'const before = lastCommit >= 0 ? lastCommit : (sql.counter.get("commit") as number);',
      },
      {
        file: BATCH,
        find: "let lastVersion: unknown;",
        replace: "let lastVersion: unknown;\n  let lastCommit = -1;",
      },
      {
        file: BATCH,
        find: "        end.run();\n",
        replace: "        end.run();\n        lastCommit = result.commit ?? before;\n",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "commit-before-the-last-page",
    breaks: "an event whose sales are placed in several transactions is a commit after the first of them",
    edits: [
      {
        file: BATCH,
        find: "return resultOf(state, next, null, versions);",
        replace: "return resultOf(state, next, numberCommit(state, 0), versions);",
      },
    ],
    within: 300,
    shownBy: 24,
  },
  {
    name: "page-forgotten",
    breaks: "the sales that one transaction leaves to the next are not placed",
    edits: [
      { file: "consumer/sale-parents.ts", find: "batch.placing = rest;", replace: "batch.placing = null;" },
    ],
    within: 300,
    shownBy: 18,
  },
  {
    name: "events-between-pages",
    breaks: "other events are applied while the sales of one are being placed",
    edits: [
      {
        file: BATCH,
        find: "unfinished === undefined\n            ?",
        replace: 'unfinished === undefined || batch.topic === "ventes"\n            ?',
      },
    ],
    within: 300,
    shownBy: 54,
  },
  {
    name: "stale-parents",
    breaks: "what is remembered of products and shops outlives another writer's commit",
    edits: [{ file: BATCH, find: "if (now !== lastVersion) parentCache.forget();", replace: "" }],
    within: 300,
    shownBy: 10,
  },
  {
    name: "rowids-given-again",
    breaks: "the counter of rowids is not kept",
    edits: [
      {
        file: BATCH,
        find: 'if (nextRowId > firstRowId) sql.setCounter.run(nextRowId - 1, "row");',
        replace: "",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "position-goes-back",
    breaks: "a batch that is given again sets the position back",
    edits: [
      { file: BATCH, find: "let next = Math.max(batch.next, position);", replace: "let next = batch.next;" },
    ],
    within: 300,
    shownBy: 20,
  },
  {
    name: "old-sale-not-logged",
    breaks: "the old image of a corrected sale is not logged",
    edits: [
      {
        file: "consumer/sales.ts",
        find: "if (rowId < batch.firstRowId) batch.sql.logOldSale.run(batch.commit, rowId);",
        replace: "",
      },
    ],
    within: 300,
    shownBy: 3,
  },
  {
    name: "old-shop-not-logged",
    breaks: "the old image of a shop that moved is not logged",
    edits: [
      {
        file: "consumer/shops.ts",
        find: "if (!isNew) sql.logOldShop.run(batch.commit, id);",
        replace: "",
      },
    ],
    within: 300,
    shownBy: 3,
  },
  {
    name: "commit-skipped",
    breaks: "of several pending commits the analyzer takes the last",
    edits: [
      {
        file: REFRESH,
        find: "progress.span(from, to)",
        replace: "progress.span(to - 1, to)",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "commit-applied-twice",
    breaks: "now and then the analyzer does not note what it took",
    edits: [
      {
        file: REFRESH,
        find: "progress.advance(to, now);",
        replace: "progress.advance(to % 4 === 0 && to - from > 1 ? to - 1 : to, now);",
      },
    ],
    within: 600,
    shownBy: 7,
  },
  {
    name: "orphan-forgotten",
    breaks: "a sale that waits for its shop is not placed again when the shop is inserted",
    edits: [
      {
        file: "consumer/shops.ts",
        find: 'if (isNew) beginPlacing(batch, { parent: "magasins", id, step: "promote" });',
        replace: "",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "price-by-arrival",
    breaks: "the price in force is the one that came last",
    edits: [
      {
        file: "shared/contract/price-points.ts",
        find: "for (const point of visible) if (point.dateEffet <= day) inForce = point;",
        replace:
          "for (const point of visible) if (inForce === undefined || point.offset > inForce.offset) inForce = point;",
      },
    ],
    within: 300,
    shownBy: 4,
  },
  {
    name: "lower-version-not-superseded",
    breaks: "an event of an older version counts",
    edits: [
      {
        file: "consumer/rules/fences.ts",
        find: "=> version >= fence;",
        replace: "=> version >= NO_FENCE;",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "versions-forgotten",
    breaks: "the newest version of a source is forgotten with the batch",
    edits: [
      {
        file: BATCH,
        find: "  applying.fences.save();\n",
        replace: "",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "withdrawal-takes-another-sources-row",
    breaks: "a withdrawal takes what the other sources say along",
    edits: [
      {
        file: "consumer/rules/claims.ts",
        find: "const left = state.claims.filter((c) => c !== mine);",
        replace: "const left = state.claims.filter((c) => c.source === source && c !== mine);",
      },
    ],
    within: 300,
    shownBy: 1,
  },
  {
    name: "announced-goes-back",
    breaks: "of two consumers that announce, the slower one takes back what the other noted",
    edits: [{ file: "consumer/outbox.ts", find: "SET value = MAX(value, ?)", replace: "SET value = ?" }],
    within: 600,
    shownBy: 335,
  },
  {
    name: "lone-surrogate-kept",
    breaks: "text that SQLite cannot store as it is is compared as it was sent",
    edits: [
      {
        file: "consumer/decode.ts",
        find: "LONE_SURROGATE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text)",
        replace: "JSON.parse(text)",
      },
    ],
    within: 300,
    shownBy: 7,
  },
  {
    name: "uncertain-send-taken-for-sent",
    breaks: "a producer whose send was left without an answer goes on as if it had arrived",
    edits: [
      {
        file: TAKEOVER,
        find: "state.save(state.source(source), { pending: true, validators: null });",
        replace: "state.save(state.source(source), { validators: null });",
      },
    ],
    within: 1000,
    shownBy: 95,
  },
  {
    name: "overtaken-before-sending-unnoticed",
    breaks: "a producer that another overtook between its diff and its announcement goes on",
    edits: [
      {
        file: PUBLISH,
        find: "if (registry.before(source, number) !== held.announcement) return OVERTAKEN;",
        replace: "if (registry.before(source, number) === -1) return OVERTAKEN;",
      },
    ],
    only: ["ambush", "change"],
    within: 200,
    shownBy: 11,
  },
  {
    name: "overtaken-in-sending-unnoticed",
    breaks: "a producer that another overtook while it sent takes what it sent for what counts",
    edits: [
      {
        file: PUBLISH,
        find: "if (registry.last(source)?.offset !== number) return OVERTAKEN;",
        replace: "if (registry.last(source)?.offset === -1) return OVERTAKEN;",
      },
    ],
    within: 1500,
    shownBy: 60,
  },
  {
    name: "no-fences",
    breaks: "a producer that takes a source over writes no fences",
    edits: [
      {
        file: TAKEOVER,
        find: "for (const topic of topicsOf(all)) {\n    const published = yield* log.publish(",
        replace: "for (const topic of topicsOf(all).slice(9)) {\n    const published = yield* log.publish(",
      },
    ],
    within: 1000,
    shownBy: 95,
  },
  ...LIFE_MUTANTS,
];

/** What the simulator, or what plays lives, found with a mutant. */
export interface Verdict {
  readonly caught: boolean;
  /** The first seed that showed it, and how many histories were played up to it. */
  readonly seed: number;
  readonly histories: number;
  readonly message: string;
}

const ROOT = dirname(import.meta.dirname);
const SIMULATOR = "simulator/main.ts";
/** Goes to the processes that a simulator starts too. */
const EDITED_MODULES = pathToFileURL(join(import.meta.dirname, "edited-modules.ts")).href;

/** The script that plays what must show the mutant, without its seeds. */
function commandOf(mutant: Mutant): readonly string[] {
  if (mutant.kind !== undefined) return ["simulator/lives/main.ts", "--kind", mutant.kind, "--json"];
  if (RULE_MUTANTS.includes(mutant)) return ["simulator/lives/rule.ts", "--json"];
  const only = mutant.only === undefined ? [] : ["--only", mutant.only.join(",")];
  return [SIMULATOR, "--json", "--no-shrink", "--jobs", "1", ...only];
}

/**
 * Plays histories or lives with the rule broken in this way, until one shows it: first the seed `shownBy` if
 * `isKnown`, then the seeds from 1 on.
 */
export async function runMutant(mutant: Mutant, { isKnown = false } = {}): Promise<Verdict> {
  const played = (...seeds: readonly string[]) =>
    verdictOf([...commandOf(mutant), ...seeds], {
      ...process.env,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import=${EDITED_MODULES}`,
      SIMULATOR_MUTANT: JSON.stringify(mutant.edits),
    });
  if (isKnown) {
    const verdict = await played("--first", String(mutant.shownBy), "--seeds", "1");
    if (verdict.caught) return verdict;
  }
  return await played("--seeds", String(mutant.within));
}

/**
 * Plays the mutant of this name, or all of them, and prints which seed shows each. Sets the exit code 1 when one is not
 * found. Ends the process with 2 when there is none of this name.
 */
export async function playMutants(program: string, name: string, mutants: readonly Mutant[]): Promise<void> {
  const chosen = name === "all" ? mutants : mutants.filter((mutant) => mutant.name === name);
  if (chosen.length === 0) {
    console.error(
      `${program}: there is no mutant ${name}: there are ${mutants.map((m) => m.name).join(", ")}`,
    );
    process.exit(2);
  }
  for (const mutant of chosen) {
    const { caught, seed, histories, message } = await runMutant(mutant);
    const played = LIFE_MUTANTS.includes(mutant) ? ["life", "lives"] : ["history", "histories"];
    console.log(
      caught
        ? `${mutant.name}: caught by seed ${seed}, ${played[0]} ${histories}: ${message}`
        : `${mutant.name}: NOT CAUGHT in ${histories} ${played[1]}`,
    );
    if (!caught) process.exitCode = 1;
  }
}

/** The one line of JSON that a run ends with. */
export interface Summary {
  readonly first: number;
  readonly last: number;
  /** Histories played. */
  readonly played: number;
  readonly violation: { readonly seed: number; readonly message: string } | null;
  readonly counts: Readonly<Record<string, number>>;
  /** Seed -> the hash of its history (Played.hash). */
  readonly hashes: Readonly<Record<string, string>>;
  readonly seconds: number;
}

export const runSimulator = (args: readonly string[]): Promise<Summary> => summaryOf([SIMULATOR, ...args]);

/** `command`: a script and its flags. */
function summaryOf(command: readonly string[], env = process.env): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: ROOT,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const last = output.trimEnd().split("\n").at(-1) ?? "";
      try {
        resolve(JSON.parse(last) as Summary);
      } catch {
        reject(new Error(`the simulator ended with ${code}: ${output.slice(-2000)}`));
      }
    });
  });
}

async function verdictOf(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { violation, played } = await summaryOf(command, env);
  return {
    caught: violation !== null,
    seed: violation?.seed ?? 0,
    histories: played,
    message: violation?.message.split("\n")[0] ?? "",
  };
}
