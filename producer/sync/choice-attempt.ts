/** What the command of a choice would make of the registration of a source. The words that are advised are those that are tried. */
import { parseArgs } from "node:util";
import type { Registration } from "#shared/contract/source-records.ts";
import { answered, type Choice, type Doubt, SourceRefusal, scopeNamed } from "../source/index.ts";
import { changedReading, parseReadingFlags } from "../version/index.ts";

export interface Attempt {
  /** The registration after the commands; null: the source would be followed no longer. */
  readonly registration: Registration | null;
  /** Another answer than the decision itself, or other options: the version must be compared again. */
  readonly isOther: boolean;
  /** The sources whose sales would be withdrawn. */
  readonly without: readonly string[];
}

/** The flags of `sources add` that choices advise. */
const OPTIONS = {
  map: { type: "string", multiple: true },
  where: { type: "string", multiple: true },
  "fill-down": { type: "string", multiple: true },
  key: { type: "string" },
  "whole-ids": { type: "boolean" },
  vanished: { type: "string" },
  "id-scope": { type: "string" },
  rekey: { type: "boolean" },
  catalogue: { type: "string" },
} as const;

/** undefined: the choice has a command that changes other sources, or an option that no command can take. */
export function attemptOf(registration: Registration, doubt: Doubt, choice: Choice): Attempt | undefined {
  try {
    return attempted(registration, doubt, choice);
  } catch (error) {
    // A file may give its columns names that begin like options. Its version is held all the same.
    if (error instanceof SourceRefusal || isOfWords(error)) return undefined;
    throw error;
  }
}

/** Whether parseArgs refuses the words. */
const isOfWords = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

function attempted(registration: Registration, { decision }: Doubt, choice: Choice): Attempt | undefined {
  const { options, commands, answer } = choice;
  const { source } = registration;
  if (options !== undefined)
    return { registration: withOptions(registration, options), isOther: true, without: [] };
  if (commands === undefined) {
    const accepted = answer === undefined ? decision : answered(decision, answer);
    return { registration: accepting(registration, accepted), isOther: answer !== undefined, without: [] };
  }
  let attempt: Attempt = { registration, isOther: false, without: [] };
  for (const [, verb, named, ...words] of commands) {
    if (attempt.registration === null || named === undefined) return undefined;
    const isOfAll = named === "--catalogue" && words[0] === registration.catalogue;
    if (verb === "confirm" && words[0] !== undefined)
      attempt = { ...attempt, registration: accepting(attempt.registration, words[0]) };
    else if (verb === "add" && (named === source || isOfAll)) {
      const given = isOfAll ? words.slice(1) : words;
      attempt = { ...attempt, registration: withOptions(attempt.registration, given), isOther: true };
    } else if (verb === "remove" && named === source && words.length === 0)
      attempt = { ...attempt, registration: null };
    else if (verb === "remove" && named !== source)
      attempt = { ...attempt, without: [...attempt.without, named] };
    else return undefined;
  }
  return attempt;
}

/** Of several answers to one decision the last holds. */
const accepting = (registration: Registration, decision: string): Registration => ({
  ...registration,
  accepted: [...(registration.accepted ?? []), decision],
});

/** As `sources add` with these options registers the source. Throws SourceRefusal for an option that is not valid. */
function withOptions(registration: Registration, options: readonly string[]): Registration {
  const { values } = parseArgs({ args: [...options], options: OPTIONS });
  const { vanished, rekey, "id-scope": scope, "whole-ids": wholeIds, "fill-down": fillDown } = values;
  const { map, where, key } = values;
  const reading = changedReading(
    registration.reading,
    parseReadingFlags({ map, where, key, wholeIds, fillDown }),
  );
  return {
    ...registration,
    ...(reading === undefined ? {} : { reading }),
    ...(vanished === "keep" || vanished === "withdraw" ? { vanished } : {}),
    ...(scope === undefined ? {} : { idScope: scopeNamed(scope, registration.source) }),
    // No request has had this name, so it is one that is not carried out.
    ...(rekey === true ? { rekey: "attempt" } : {}),
  };
}
