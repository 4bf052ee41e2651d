/** Which field is the amount of a sale: where names alone would choose, the first version waits (rule 22). */
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { addFile } from "../testing/register.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const write = (...lines: readonly string[]) => pipeline.write("v.csv", ...lines);
const add = (map: readonly string[] = []) => addFile(pipeline, "v.csv", { map });
const poll = async () => (await pipeline.run(readSourcesOnce()))[0];
/** The amounts of all events, sorted. */
const amounts = async () =>
  rowsOf(await pipeline.run(allEvents))
    .map(({ event }) => (event.kind === "row" ? event.row.chiffre_affaires : null))
    .sort();
/** What the first version of this file is held for: the codes of its doubts. */
const held = async (...lines: readonly string[]) => {
  write(...lines);
  await add();
  return (await poll())?.doubts?.map(({ code }) => code) ?? [];
};

it("of two fields that differ, an operator chooses one", async () => {
  expect(
    await held(
      "date,article,magasin,qty,montant_ht,montant_ttc",
      "2026-02-03,A,S1,2,10,12",
      "2026-02-04,B,S1,1,7,8.4",
    ),
  ).toEqual(["amount.unclear"]);
  const doubt = (await poll())?.doubts?.[0];
  expect(doubt?.says).toContain('"montant_ttc" (20.4), and may be "montant_ht" (17)');
  expect(doubt?.choices.map(({ command }) => command)).toEqual([
    expect.stringMatching(/sources add .* --map chiffre_affaires=montant_ht$/),
    expect.stringMatching(/sources confirm .* amount.unclear:\S+$/),
  ]);
  await add(["chiffre_affaires=montant_ht"]);
  expect(await poll()).toMatchObject({ state: "ok", emitted: 2 });
  expect(await amounts()).toEqual(["10", "7"]);
  // The choice holds: the two fields are no question of a later version.
  write(
    "date,article,magasin,qty,montant_ht,montant_ttc",
    "2026-02-03,A,S1,2,10,12",
    "2026-02-04,B,S1,1,7,8.4",
    "2026-02-05,B,S1,1,7,9",
  );
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
});

it.each([
  ["an amount that no column is read from", "qty,net_amount", ["2,10"], ["amount.unclear"]],
  ["two fields of one name", "qty,amount,amount", ["2,10,12"], ["amount.unclear"]],
  ["an amount other than quantity × price", "qty,unit_price,subtotal", ["2,10,18"], ["amount.unclear"]],
  [
    "an amount equal to quantity × price, to the cent",
    "qty,unit_price,subtotal",
    ["2,10,20", "3,3.3333,10.00"],
    [],
  ],
  ["two fields that say the same", "qty,ca,total", ["2,18,18.00"], []],
  ["the column's own name", "qty,chiffre_affaires,total", ["2,18,19"], []],
  ["the total of the order and of the line", "qty,amount,order_total", ["2,10,17"], []],
  ["a tax beside the amount", "qty,amount,tva", ["2,12,2"], []],
])("%s: held only where names would choose between different values", async (_, columns, lines, doubts) => {
  const days = lines.map((line, i) => `2026-02-0${i + 1},A,S1,${line}`);
  expect(await held(`date,article,magasin,${columns}`, ...days)).toEqual(doubts);
});

it.each([
  [
    "the same on all lines of each document",
    ["1,A,2,17", "1,B,1,17", "2,A,1,12", "2,B,1,12"],
    ["amount.of_document"],
  ],
  ["of each line", ["1,A,2,10", "1,B,1,7", "2,A,1,5", "2,B,1,7"], []],
  ["the same everywhere", ["1,A,1,5", "1,B,1,5", "2,A,1,5", "2,B,1,5"], []],
  ["of one document alone", ["1,A,2,17", "1,B,1,17", "2,A,1,12"], []],
  ["the same on equal lines", ["1,A,1,5", "1,A,1,5", "2,B,1,7", "2,B,1,7"], []],
])("an amount %s is held only where it may be that of the document", async (_, lines, doubts) => {
  const rows = lines.map((line) => `2026-02-03,S1,${line}`);
  expect(await held("date,store,order,sku,qty,total", ...rows)).toEqual(doubts);
});

it("of a document counts no more when the operator says that no column is the amount", async () => {
  await held(
    "date,store,order,sku,qty,total",
    "2026-02-03,S1,1,A,2,17",
    "2026-02-03,S1,1,B,1,17",
    "2026-02-03,S1,2,A,1,12",
    "2026-02-03,S1,2,B,1,12",
  );
  await add(["chiffre_affaires="]);
  expect(await poll()).toMatchObject({ state: "ok", emitted: 4 });
  expect(await amounts()).toEqual([undefined, undefined, undefined, undefined]);
});
