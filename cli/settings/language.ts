/** The language of the command line: VENTES_LANG, else the locale. French for fr*, else English. */
import type { Language } from "#shared/runtime/settings.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** In the order of POSIX, after our own; an empty variable counts as absent. */
const VARIABLES = ["VENTES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

export const languageOf = (env: Env): Language => {
  const locale = VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== "");
  return /^fr/i.test(locale ?? "") ? "fr" : "en";
};
