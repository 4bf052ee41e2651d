/** How a source is read, in one line: what the program found in the last version, and the flags that fix the rest. */
import type { Announcement, Registration } from "#shared/contract/source-records.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { flagsOf, noteSentence, READING_NOTES, type ReadingNoteCode } from "../../producer/admin/index.ts";
import type { Texts } from "../texts/texts.ts";

const NAMES: Readonly<Record<string, string>> = { "\t": "tab" };

/** One sentence for each note on the last version. */
export const notesOf = (announced: Announcement | null, language: Language): string[] =>
  (announced?.reading?.notes ?? []).flatMap(({ code, ...details }) =>
    // Another version of this program may have written a code that this one does not know.
    code in READING_NOTES ? [noteSentence({ ...details, code: code as ReadingNoteCode }, language)] : [],
  );

/** "" where nothing was found or fixed. */
export function howRead(registration: Registration, announced: Announcement | null, texts: Texts): string {
  const decided = announced?.reading;
  const flags = flagsOf(registration.reading ?? {}, registration.idScope);
  const fixed = [
    ...(flags === "" ? [] : [flags]),
    ...(registration.vanished === undefined ? [] : [`--vanished ${registration.vanished}`]),
  ];
  return [
    ...(decided === undefined
      ? []
      : [
          decided.encoding,
          `'${NAMES[decided.delimiter] ?? decided.delimiter}'`,
          texts.headerAt(decided.headerLine),
          ...Object.entries(decided.columns).map(([column, format]) => `${column} ${format}`),
        ]),
    ...(fixed.length === 0 ? [] : [texts.fixed(fixed.join(" "))]),
  ].join(", ");
}
