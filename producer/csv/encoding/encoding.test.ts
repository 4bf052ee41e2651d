/** One word in a file tells its encoding; where it does not, the file is refused, and nothing is garbled in silence. */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { canEncode, encode } from "../testing/encode.ts";
import { decide, makeFiles, refusalOf } from "../testing/files.ts";

const files = makeFiles();
afterAll(files.remove);

/** What is read of a file with this word in it; the code when it is refused. */
function readAs(word: string, encoding: string): string | undefined {
  const file = files.write(encode(`id_produit;nom;prix\n1;${word};2\n`, encoding));
  let read: string | undefined;
  const refusal = refusalOf(() => {
    read = readFileSync(decide(files, file).file, "utf8").split("\n")[1]?.slice(2, -2);
  });
  return refusal?.code ?? read;
}

const WORDS = [
  ...["été", "Forêt", "œuf", "Sacré-Cœur", "Noël", "ça", "À Paris", "ÉVRY", "naïf", "août", "Où", "à", "«x»"],
  ...[
    "« Café »",
    "12 €",
    "12€",
    "1½",
    "L’ÉTÉ",
    "l’eau",
    "n° 5",
    "20 °C",
    "São Paulo",
    "Malmö",
    "Zürich",
    "Straße",
  ],
  ...[
    "España",
    "Málaga",
    "garçon",
    "GARÇON",
    "Pâtes fraîches",
    "Crème brûlée",
    "1\u00a0234,50 €",
    "Haÿ",
    "20 £",
  ],
  ...[
    "Orléans",
    "Nîmes",
    "Besançon",
    "Angoulême",
    "Montluçon",
    "Évreux",
    "Saint-Étienne",
    "Châlons",
    "Ambiguë",
  ],
  ...[
    "Ça va",
    "çà et là",
    "déjà vu",
    "maïs",
    "Citroën",
    "Reçu n°12",
    "Hôtel",
    "Thé à la menthe",
    "Pâté",
    "Bœuf",
  ],
];

describe.each(["windows-1252", "iso-8859-15", "macintosh"])("%s", (encoding) => {
  it.each(WORDS.filter((word) => canEncode(word, encoding)))("%s", (word) =>
    expect(readAs(word, encoding)).toBe(word),
  );
});

it.each(["é", "è", "ô"])("%s by itself may be anything: the file is refused", (word) =>
  expect(readAs(word, "windows-1252")).toBe("source.encoding_undecided"),
);
