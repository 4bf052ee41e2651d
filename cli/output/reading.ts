/** How a source is read, in one line: what the program found in the last version, and the flags that fix the rest. */
import type { Announcement, ReadingOptions, Registration } from "#shared/contract/source-records.ts";
import type { Language } from "#shared/runtime/settings.ts";
import {
  conditionText,
  noteSentence,
  READING_NOTES,
  type ReadingNoteCode,
} from "../../producer/admin/index.ts";
import type { Texts } from "../texts/texts.ts";

const NAMES: Readonly<Record<string, string>> = { "\t": "tab" };

const quoted = (text: string): string =>
  /[\s'"|;&$*?`\\]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;

const pairs = (flag: string, values: Readonly<Record<string, string>> | undefined): string[] =>
  Object.entries(values ?? {}).map(([column, value]) => `${flag} ${quoted(`${column}=${value}`)}`);

const QUOTES = { '"': "double", "'": "single", none: "none" } as const;

/** The flags of `sources add` that give these options. */
export const flagsOf = (reading: ReadingOptions): string[] => [
  ...(reading.preset === undefined ? [] : [`--preset ${reading.preset}`]),
  ...(reading.delimiter === undefined
    ? []
    : [`--delimiter ${quoted(NAMES[reading.delimiter] ?? reading.delimiter)}`]),
  ...(reading.encoding === undefined ? [] : [`--encoding ${reading.encoding}`]),
  ...(reading.quote === undefined ? [] : [`--quote ${QUOTES[reading.quote]}`]),
  ...(reading.comment === undefined ? [] : [`--comment ${quoted(reading.comment || "none")}`]),
  ...(reading.skipLines === undefined ? [] : [`--skip-lines ${reading.skipLines}`]),
  ...(reading.decimal === undefined ? [] : [`--decimal ${reading.decimal}`]),
  ...(reading.dateFormat === undefined ? [] : [`--date-format ${reading.dateFormat}`]),
  ...(reading.columns === undefined ? [] : [`--no-header --columns ${quoted(reading.columns.join(","))}`]),
  ...pairs("--map", reading.map),
  ...pairs("--set", reading.set),
  ...Object.entries(reading.same ?? {}).flatMap(([column, names]) =>
    names.map((name) => `--same ${quoted(`${column}=${name}`)}`),
  ),
  ...(reading.where ?? []).map((condition) => `--where ${quoted(conditionText(condition))}`),
  ...(reading.fillDown ?? []).map((column) => `--fill-down ${quoted(column)}`),
  ...(reading.key === undefined ? [] : [`--key ${quoted(reading.key.join(","))}`]),
  ...(reading.prices === true ? ["--prices"] : []),
  ...(reading.wholeIds === true ? ["--whole-ids"] : []),
];

/** One sentence for each note on the last version. */
export const notesOf = (announced: Announcement | null, language: Language): string[] =>
  (announced?.reading?.notes ?? []).flatMap(({ code, ...details }) =>
    // Another version of this program may have written a code that this one does not know.
    code in READING_NOTES ? [noteSentence({ ...details, code: code as ReadingNoteCode }, language)] : [],
  );

/** "" where nothing was found or fixed. */
export function howRead(registration: Registration, announced: Announcement | null, texts: Texts): string {
  const decided = announced?.reading;
  const fixed = [
    ...flagsOf(registration.reading ?? {}),
    ...(registration.idScope === undefined ? [] : [`--id-scope ${quoted(registration.idScope)}`]),
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
