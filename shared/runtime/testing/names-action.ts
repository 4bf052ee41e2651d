/** Whether a message tells its reader what to do: for tests of tables of sentences. */
import type { Language } from "../settings.ts";

const VERBS =
  "add|check|close|complete|convert|copy|correct|delete|draw|export|fill|format|free|give|keep|leave|let|look|make|name|open|publish|put|raise|remove|report|save|see|shorten|split|tell|update|write|ask|do";
const IMPERATIVE: Readonly<Record<Language, RegExp>> = {
  // After a stop, or after a word that links two clauses.
  en: new RegExp(`(?:^|[:;,(] |\\b(?:or|and|else|then|first|not) )(?:${VERBS})\\b`, "i"),
  fr: /(?<!\p{L})(?!chez\b|assez\b)\p{L}+ez\b/u,
};

/** Whether the message has a verb in the imperative, or a command of this program. */
export const namesAction = (message: string, language: Language): boolean =>
  IMPERATIVE[language].test(message) || message.includes("npx ventes ");
