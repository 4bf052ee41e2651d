/** A file that is saved again in another dialect or encoding gives the same rows, so it gives no event. */
import { appendFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registerSource } from "../admin/register.ts";
import { encode, withMark } from "../csv/testing/encode.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, listSources, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(() => pipeline.close());

const HEADER = ["id_magasin", "ville", "note"];
const ROWS = [
  ["1", "Orléans", "près de la gare"],
  ["2", "Besançon", 'dit "la Boucle", là-haut'],
  ["3", "Nîmes", ""],
];

const written = (delimiter: string, end: string, ...more: readonly (readonly string[])[]): string =>
  [HEADER, ...ROWS, ...more]
    .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + end)
    .join("");

const SAVED: readonly (readonly [string, Buffer])[] = [
  ["UTF-8, commas", encode(written(",", "\n"), "utf-8")],
  ["UTF-8 with its mark, semicolons, CRLF", withMark(written(";", "\r\n"), "utf-8")],
  ["Windows-1252, semicolons", encode(written(";", "\r\n"), "windows-1252")],
  ["UTF-16, tabs", withMark(written("\t", "\r\n"), "utf-16le")],
  ["Mac Roman, CR", encode(written(";", "\r"), "macintosh")],
  ["a title above, totals below", encode(`Magasins\n\n${written(",", "\n")}Total,,\n`, "utf-8")],
  ["comments, the header twice", encode(`# export\n${written("|", "\n")}${HEADER.join("|")}\n`, "utf-8")],
  ["UTF-16BE without a mark", encode(written(",", "\n"), "utf-16be")],
];

const file = () => pipeline.pathOf("magasins.csv");
const events = async () => rowsOf(await pipeline.run(allEvents)).length;
const poll = async () => (await pipeline.run(readSourcesOnce()))[0];

it("is no event, in any format; a new row is one", async () => {
  writeFileSync(file(), SAVED[0]?.[1] ?? "");
  await pipeline.run(registerSource(file()));
  const first = await poll();
  expect(first).toMatchObject({ state: "ok", records: 3, emitted: 3, rejected: 0 });
  for (const [name, bytes] of SAVED) {
    writeFileSync(file(), bytes);
    expect(await poll(), name).toMatchObject({
      state: "ok",
      records: 3,
      emitted: 0,
      unchanged: 3,
      rejected: 0,
    });
    expect(await events(), name).toBe(3);
  }
  writeFileSync(file(), encode(written(";", "\r\n", ["4", "Sète", "é"]), "windows-1252"));
  expect(await poll()).toMatchObject({ emitted: 1, unchanged: 3 });
  const more = written(";", "\r\n", ["4", "Sète", "é"], ["5", "Hyères", "à côté"]);
  writeFileSync(file(), encode(more, "windows-1252"));
  expect(await poll()).toMatchObject({ records: 5, emitted: 1, unchanged: 4 });
  expect(await events()).toBe(5);

  const rows = [
    ["4", "Sète", "é"],
    ["5", "Hyères", "à côté"],
  ];
  writeFileSync(file(), withMark(written("\t", "\n", ...rows), "utf-16le"));
  expect(await poll()).toMatchObject({ records: 5, emitted: 0, unchanged: 5 });
  appendFileSync(file(), encode('"6"\t"Évry"\t"ouvert"\n', "utf-16le"));
  expect(await poll()).toMatchObject({ records: 6, emitted: 1, unchanged: 5, rejected: 0 });

  const [listed] = await pipeline.run(listSources);
  expect(listed?.announcement?.reading).toMatchObject({
    encoding: "utf-16le",
    delimiter: "\t",
    headerLine: 1,
  });
});
