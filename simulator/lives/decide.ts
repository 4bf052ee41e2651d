/** Runs the commands that a held version advises, as an operator who pastes them. */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import {
  confirmSource,
  parseReadingFlags,
  registerSource,
  removeSource,
} from "../../producer/admin/index.ts";

/** The words of a command, without the quotes of the shell. */
export function wordsOf(command: string): readonly string[] {
  const words = command.matchAll(/(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+/g);
  return [...words].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
      (_, plain, quoted: string | undefined, escaped) =>
        plain ?? quoted?.replaceAll(/\\(.)/g, "$1") ?? escaped,
    ),
  );
}

/** Flags without a value. */
const SWITCHES: ReadonlySet<string> = new Set([
  "rekey",
  "prices",
  "whole-ids",
  "once",
  "no-header",
  "withdraw",
]);
/** Flags that may stand several times. */
const LISTS: ReadonlySet<string> = new Set(["map", "set", "where", "fill-down"]);

type Flags = Readonly<Record<string, string | boolean | readonly string[]>>;

/** The flags of a command by their names in the program, and its other words. */
function parsed(words: readonly string[]): { readonly flags: Flags; readonly rest: readonly string[] } {
  const flags: Record<string, string | boolean | readonly string[]> = {};
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith("--")) {
      rest.push(word);
      continue;
    }
    const [flag = "", inline] = word.slice(2).split(/=(.*)/s);
    const name = flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (SWITCHES.has(flag)) flags[name] = true;
    else {
      const value = inline ?? words[++at] ?? "";
      const before = flags[name];
      flags[name] = LISTS.has(flag) ? [...(Array.isArray(before) ? before : []), value] : value;
    }
  }
  return { flags, rest };
}

/** Carries out one command. Dies for a command that is none of those that doubts advise. */
export const carryOut = Effect.fnUntraced(function* (command: string) {
  const all = wordsOf(command);
  // Before it stands the program as it was called: ventes, npx ventes, or node and a file.
  const group = all.indexOf("sources");
  const [verb, ...words] = all.slice(group + 1);
  const { flags, rest } = parsed(words);
  const [source = "", ...more] = rest;
  if (group === -1) return yield* Effect.die(new Error(`this is no command about sources: ${command}`));
  if (verb === "confirm") {
    yield* confirmSource(
      source,
      more.map((decision) => ({ decision, says: decision })),
    );
    return;
  }
  if (verb === "remove") {
    yield* Effect.scoped(removeSource(source, { withdraw: flags.withdraw === true }));
    return;
  }
  if (verb !== "add") return yield* Effect.die(new Error(`lives do not know this command: ${command}`));
  const { vanished, idScope, duplicates, rekey } = flags as {
    readonly vanished?: "keep" | "withdraw" | "auto";
    readonly idScope?: string;
    readonly duplicates?: "keep" | "drop";
    readonly rekey?: boolean;
  };
  yield* registerSource(more.at(-1) ?? source, {
    reading: parseReadingFlags(flags),
    ...(vanished === undefined ? {} : { vanished: vanished === "auto" ? null : vanished }),
    ...(idScope === undefined ? {} : { idScope }),
    ...(duplicates === undefined ? {} : { duplicates }),
    ...(rekey === undefined ? {} : { rekey }),
  });
});

/** Ways that are tried at most. */
const MOST_WAYS = 24;

/** The ways to decide these doubts: for each, one command for each doubt. */
export function waysOf(doubts: readonly Pick<DoubtReport, "choices">[]): readonly (readonly string[])[] {
  if (doubts.length === 0) return [];
  let ways: (readonly string[])[] = [[]];
  for (const { choices } of doubts)
    ways = ways.flatMap((way) => choices.map(({ command }) => [...way, command]));
  return ways.slice(0, MOST_WAYS);
}

/** The command at the end of the sentence of a refused version, if it is one without a word to fill in. */
export function waysIn(sentence: string): readonly (readonly string[])[] {
  const [, command] = /: ([^:]*\bsources add .*--rekey)$/.exec(sentence) ?? [];
  return command === undefined ? [] : [[command]];
}
