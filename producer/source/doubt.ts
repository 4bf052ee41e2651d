/**
 * Doubts: what is unclear about a version. While one with the weight `held` is not accepted, no event of the version is
 * published, and the last good rows stay (rule 10). A doubt is found where its evidence is: in the header and the rows, in
 * the diff, or among other sources. `producer/sync/doubts.ts` collects them.
 */
import { hash } from "node:crypto";
import type { ChoiceEffect, DoubtChoice, DoubtReport } from "#shared/contract/doubt.ts";
import type { EntityName } from "#shared/contract/entities/index.ts";
import { command, shellArgument } from "#shared/runtime/command.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { shortened } from "./bounds.ts";
import { CHOICE_SENTENCES } from "./choice-sentences.ts";
import { DOUBT_SENTENCES, type DoubtDetails } from "./doubt-sentences.ts";

export type DoubtCode = keyof typeof DOUBT_SENTENCES;

/** One way to decide a doubt. */
export interface Choice {
  readonly code: keyof typeof CHOICE_SENTENCES;
  /** The options of `ventes sources add SOURCE` that choose it. Absent: `ventes sources confirm SOURCE` chooses it. */
  readonly options?: readonly string[];
  /** Confirms something else than the decision itself: `ventes sources confirm SOURCE DECISION=ANSWER`. */
  readonly answer?: string;
  /** Other commands of the program that choose it, one after the other. */
  readonly commands?: readonly (readonly string[])[];
  /** What its sentence needs. */
  readonly details?: DoubtDetails;
  /** How many sales of a first version others have too, each of which would be one sale. The doubt's `rows` are these, if it has some. */
  readonly common?: number;
  /** What it does; of a version that is held back `producer/sync/choice-effects.ts` finds it. */
  readonly effect?: ChoiceEffect;
}

export interface Doubt {
  readonly code: DoubtCode;
  /** Names what is decided: see `decisionOf`. */
  readonly decision: string;
  readonly weight: DoubtReport["weight"];
  readonly details: DoubtDetails;
  readonly choices: readonly Choice[];
  /** Primary ids of rows of `entity` that the choices differ in, at most MOST_ROWS. */
  readonly rows?: readonly string[];
  readonly entity?: EntityName;
}

/** How many rows a doubt names: each status of the source repeats them. */
export const MOST_ROWS = 1_000;
/** How many examples a doubt shows. */
export const MOST_EXAMPLES = 5;
/** Characters of one example. */
const LONGEST_EXAMPLE = 200;
/** Characters of what it says. */
const LONGEST_SAYING = 4_000;

/**
 * Names a decision by what it is about, `CODE:HASH`. The order of the items does not matter. A later version with the
 * same items has the same decision.
 */
export class Decision {
  readonly #code: DoubtCode;
  readonly #sum = new Uint32Array(3);

  constructor(code: DoubtCode) {
    this.#code = code;
  }

  /** Adds an item: the key of a row, the name of a column. */
  add(item: string): void {
    const digest = hash("sha256", item, "buffer");
    // A sum, so that nothing needs to be sorted or kept.
    for (let i = 0; i < 3; i++) this.#sum[i] = ((this.#sum[i] as number) + digest.readUInt32LE(i * 4)) >>> 0;
  }

  toString(): string {
    return `${this.#code}:${Buffer.from(this.#sum.buffer).toString("base64url")}`;
  }
}

/** The decision about these items. */
export function decisionOf(code: DoubtCode, items: Iterable<string>): string {
  const decision = new Decision(code);
  for (const item of items) decision.add(item);
  return decision.toString();
}

/** The doubt as the status of `source` carries it. Secrets of the source are masked. */
export function reportOf(doubt: Doubt, source: string, language: Language): DoubtReport {
  const { code, decision, weight, details, choices, rows, entity } = doubt;
  return {
    code,
    decision,
    weight,
    says: shortened(DOUBT_SENTENCES[code][language](details), LONGEST_SAYING),
    examples: (details.examples ?? []).slice(0, MOST_EXAMPLES).map((text) => text.slice(0, LONGEST_EXAMPLE)),
    choices: choices.map((choice) => choiceOf(choice, decision, source, language)),
    ...(rows === undefined ? {} : { rows: rows.slice(0, MOST_ROWS) }),
    ...(entity === undefined ? {} : { entity }),
  };
}

function choiceOf(choice: Choice, decision: string, source: string, language: Language): DoubtChoice {
  const { code, options, commands, answer, details = {}, effect } = choice;
  const accepted = answer === undefined ? decision : answered(decision, answer);
  const sentence = CHOICE_SENTENCES[code][language];
  return {
    says: typeof sentence === "string" ? sentence : sentence(details),
    command: commandOf(choice, accepted, source),
    ...(options === undefined && commands === undefined ? { accepts: accepted } : {}),
    ...(effect === undefined ? {} : { effect }),
  };
}

/** What the registration keeps when an operator gave a decision another answer. */
export const answered = (decision: string, answer: string): string => `${decision}=${answer}`;

function commandOf({ options, commands }: Choice, accepted: string, source: string): string {
  const confirm = ["sources", "confirm", source, accepted];
  const add = ["sources", "add", source, ...(options ?? [])];
  return (commands ?? [options === undefined ? confirm : add])
    .map((words) => command(words.map((word) => shellArgument(masked(word))).join(" ")))
    .join(" && ");
}

/** The doubts as one text: what is unclear, and for each choice what it does and its command. */
export const doubtsText = (doubts: readonly DoubtReport[]): string =>
  doubts
    .map(({ says, choices }) =>
      [says, ...choices.map((choice) => `${choice.says}: ${choice.command}`)].join("; "),
    )
    .join(". ");
