/** What the progress line says of the file in hand. */
import { expect, it } from "vitest";
import { textsIn } from "../texts/texts.ts";
import { readingProgress } from "./components.ts";

it.each([
  ["fr", "https://example.org/exports/ventes.csv?cle=1", "ventes.csv lu à 50 %", "ventes.csv publié à 99 %"],
  ["en", "file:///data/ventes.csv", "ventes.csv 50 % read", "ventes.csv 99 % published"],
  ["en", "https://example.org/", "example.org 50 % read", "example.org 99 % published"],
] as const)("in %s, of %s: %s, %s, and nothing when it is done", (language, source, reading, publishing) => {
  const said: unknown[] = [];
  const progress = readingProgress({ update: (figures) => said.push(figures) }, textsIn(language));
  progress({ source, phase: "download", done: 0, share: null, rejected: 0 });
  progress({ source, phase: "read", done: 5, share: 0.504, rejected: 1 });
  progress({ source, phase: "emit", done: 3, share: 0.9999, rejected: 1 });
  progress({ source, phase: "done", done: 3, share: 1, rejected: 1 });
  expect(said).toEqual([
    { file: null },
    { file: reading },
    { records: 5, rejects: 1 },
    { file: publishing },
    { file: null },
  ]);
});
