/** Which field is the amount of a sale: where names alone would choose, the first version waits (rule 22). */
import { afterEach, beforeEach, expect, it } from "vitest";
import { confirmSource } from "../admin/confirm.ts";
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

it("a negative price in a list waits, and the answer holds for prices that come later", async () => {
  expect(await held("product_id,name,price", "A,Apple,-7", "B,Bread,5")).toEqual(["prices.negative"]);
  const status = await poll();
  expect(status).toMatchObject({ state: "held" });
  expect(status?.doubts?.[0]?.says).toContain("A: -7");
  await pipeline.run(confirmSource(pipeline.pathOf("v.csv"), status?.doubts ?? []));
  expect(await poll()).toMatchObject({ state: "ok", emitted: 2 });
  write("product_id,name,price", "A,Apple,-7", "B,Bread,5", "C,Coupon,-2");
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
});

it("a negative price among sales is what it says", async () => {
  expect(await held("date,article,magasin,qty,unit_price", "2026-02-03,A,S1,1,-7")).toEqual([]);
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
  ["two quantities", "qty,quantity", ["2,3"], ["quantity.unclear"]],
  ["two quantities of one name", "qty,qty", ["2,3"], ["quantity.unclear"]],
  ["two quantities that say the same", "qty,quantity", ["2,2.0"], []],
  ["a price that a discount lowers", "qty,prix,prix remisé", ["2,4,3", "1,6,6"], ["amount.unclear"]],
  ["two unit prices", "qty,pu_ht,pu_ttc", ["2,5,6"], ["amount.unclear"]],
  ["a unit price beside the amount", "qty,pu_ht,montant_ttc", ["2,5,12"], []],
  [
    "a discount that the revenue does not count",
    "qty,unit_price,remise",
    ["2,5,0", "1,5,10%"],
    ["amount.discount"],
  ],
  ["a discount of none", "qty,unit_price,discount", ["2,5,0.00", "1,5,"], []],
  ["a discount within the amount", "qty,unit_price,discount,amount", ["2,5,1,9"], []],
  ["the code of a discount", "qty,unit_price,discount_code", ["2,5,WELCOME10"], []],
  ["a return with a positive amount", "qty,amount", ["2,10", "-1,5"], ["amount.sign"]],
  ["purchases by their names", "qty,unit_price,supplier", ["2,5,Metro"], ["header.not_sales"]],
  ["sales beside a supplier", "qty,unit_price,supplier,customer_id", ["2,5,Metro,7"], []],
  ["a price that follows the quantity", "qty,prix", ["2,8", "3,12", "1,4"], ["amount.unclear"]],
  ["a price that follows it to the cent", "qty,prix", ["3,10", "1,3.33", "-2,-6.67"], ["amount.unclear"]],
  ["a price that changed once", "qty,prix", ["1,4", "2,8", "1,8", "3,8", "5,8"], []],
  ["a price of each piece", "qty,prix", ["2,4", "3,4", "1,4"], []],
  [
    "a price that follows the quantity beside an amount",
    "qty,prix,montant",
    ["2,8,16", "3,12,36", "1,4,4"],
    [],
  ],
  ["an amount that follows the quantity", "qty,montant", ["2,8", "3,12", "1,4", "4,16"], []],
  ["one amount for any quantity", "qty,montant", ["2,8", "3,8", "1,8", "4,8"], []],
  ["a return with a negative amount", "qty,amount", ["2,10", "-1,-5"], []],
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

it("that may be in a column of prices is told under both readings, and an operator chooses", async () => {
  const lines = ["2026-02-03,A,S1,2,8", "2026-02-04,A,S1,3,12", "2026-02-05,A,S1,1,4"];
  await held("date,article,magasin,qty,prix", ...lines);
  const doubt = (await poll())?.doubts?.[0];
  expect(doubt?.says).toContain('"qty × prix" (56), and may be "prix" (24)');
  expect(doubt?.choices[0]?.command).toMatch(/ --map chiffre_affaires=prix$/);
  await add(["chiffre_affaires=prix"]);
  expect(await poll()).toMatchObject({ state: "ok", emitted: 3 });
  expect(await amounts()).toEqual(["12", "4", "8"]);
});

it("that is the same for any quantity of a product may be the price of a piece", async () => {
  const lines = ["2026-02-03,A,S1,2,4", "2026-02-04,A,S1,3,4", "2026-02-05,A,S1,1,4", "2026-02-05,B,S1,2,6"];
  const header = "date,article,magasin,qty,montant";
  expect(await held(header, ...lines, "2026-02-06,B,S1,5,6")).toEqual(["amount.unclear"]);
  const doubt = (await poll())?.doubts?.[0];
  expect(doubt?.says).toContain('"montant" (24), and may be "qty × montant" (66)');
  expect(doubt?.choices[0]?.command).toMatch(/ --map prix=montant$/);
  await add(["prix=montant"]);
  expect(await poll()).toMatchObject({ state: "ok", emitted: 5 });
  expect(await amounts()).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

it("of two unit prices, an operator chooses one", async () => {
  await held("date,article,magasin,qty,pu_ht,pu_ttc", "2026-02-03,A,S1,2,5,6");
  const commands = (await poll())?.doubts?.[0]?.choices.map(({ command }) => command);
  expect(commands).toEqual([
    expect.stringMatching(/ --map prix=pu_ht$/),
    expect.stringMatching(/ --map prix=pu_ttc$/),
    expect.stringMatching(/ amount.unclear:/),
  ]);
  await add(["prix=pu_ttc"]);
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
});

it("of a discount that comes later holds that version, and the answer holds for the column", async () => {
  const first = ["date,article,magasin,qty,unit_price,remise", "2026-02-03,A,S1,2,5,0"];
  expect(await held(...first)).toEqual([]);
  write(...first, "2026-02-04,A,S1,2,5,1");
  const doubts = (await poll())?.doubts ?? [];
  expect(doubts).toMatchObject([{ code: "amount.discount", weight: "held" }]);
  await pipeline.run(confirmSource(pipeline.pathOf("v.csv"), doubts));
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
  write(...first, "2026-02-04,A,S1,2,5,1", "2026-02-05,A,S1,2,5,2");
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
});

it.each([
  [
    "a product with two prices",
    "product_id,name,price,store",
    ["A,Apple,5,S1", "A,Apple,6,S2"],
    "prices.several",
  ],
  [
    "a product on two lines with one price",
    "product_id,name,price,store",
    ["A,Apple,5,S1", "A,Apple,5.00,S2"],
    undefined,
  ],
  [
    "two dated prices",
    "product_id,name,price,date_effet",
    ["A,Apple,5,2026-01-01", "A,Apple,6,2026-02-01"],
    undefined,
  ],
  ["a shop with two cities", "store_id,city", ["S1,Rennes", "S1,Brest"], "shops.several"],
])("%s is applied and said where its sales would count otherwise", async (_, header, lines, code) => {
  write(header, ...lines);
  await add();
  const status = await poll();
  expect(status?.state).toBe("ok");
  expect(status?.doubts?.map((doubt) => [doubt.code, doubt.weight])).toEqual(
    code === undefined ? undefined : [[code, "attention"]],
  );
});
