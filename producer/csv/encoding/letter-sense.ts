/**
 * Judges how much sense a one-byte encoding makes of a file: whether the bytes beyond ASCII are letters and signs
 * that are usual in French and its neighbours, and stand where such letters and signs belong.
 */
import type { LetterSurvey } from "./letter-survey.ts";

const FRENCH = new Set("éèêëàâäùûüôöîïçœæÿÉÈÊËÀÂÄÙÛÜÔÖÎÏÇŒÆŸ");
/** Letters of the neighbours' languages. */
const WESTERN = new Set("áíóúñãõåøßìòýÁÍÓÚÑÃÕÅØÌÒÝ");
const SYMBOLS = new Set("€°«»‘’“”…–—·•£§²³½¼¾±×®©™ºª");

/** What all occurrences of a character are worth together: less than nothing where they make no sense. */
function worthOf(char: string, at: number, of: LetterSurvey): number {
  const count = of.count[at] as number;
  const alone = of.alone[at] as number;
  const afterLower = of.afterLower[at] as number;
  const afterDigit = of.afterDigit[at] as number;
  const between = of.between[at] as number;
  if (/\p{L}/u.test(char) && char !== "º" && char !== "ª") {
    const worth = FRENCH.has(char) ? 1 : WESTERN.has(char) ? 0.5 : 0.1;
    const lower = char === char.toLowerCase();
    // People write no upper-case letter inside a word, and no letter after a digit or by itself.
    const wrong = (lower ? 0 : 2 * afterLower) + 1.5 * afterDigit;
    return (lower ? worth : 0.8 * worth) * (count - (char === "à" || char === "À" ? 0.5 : 1) * alone) - wrong;
  }
  if (char === "’") return 0.3 * count + 0.3 * between;
  if (char === "\u00a0" || char === "´") return 0.3 * count;
  if (char === "¡" || char === "¿") return 0.1 * count - between;
  if (SYMBOLS.has(char)) return 0.3 * count + (char === "€" ? 0.3 * (alone + afterDigit) : 0) - 1.5 * between;
  return -count;
}

/** A cache: the characters of the bytes from 0x80 on, by encoding. */
const tables = new Map<string, readonly string[]>();

/** The characters of the bytes from 0x80 on; undefined when the encoding does not have one for each. */
function charactersOf(encoding: string): readonly string[] | undefined {
  let table = tables.get(encoding);
  if (table === undefined) {
    const decoder = new TextDecoder(encoding);
    table = Array.from({ length: 128 }, (_, i) => decoder.decode(Uint8Array.of(0x80 + i)));
    tables.set(encoding, table);
  }
  return table.every((char) => char.length === 1) ? table : undefined;
}

/**
 * How much sense an encoding makes of the letters of a file, from about 1 (every byte beyond ASCII is a letter where
 * one belongs) to below 0 (nonsense). undefined: it is not a one-byte encoding, or there are no such bytes.
 */
export function senseOf(encoding: string, letters: LetterSurvey): number | undefined {
  const table = charactersOf(encoding);
  if (table === undefined || letters.total === 0) return undefined;
  const worth = table.reduce(
    (sum, char, at) => (letters.count[at] === 0 ? sum : sum + worthOf(char, at, letters)),
    0,
  );
  return worth / letters.total;
}
