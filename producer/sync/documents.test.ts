/** Numbers of documents: orders, tickets, receipts. They tell documents, and no sales. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { type AddFlags, addFile } from "../testing/register.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const write = (name: string, ...lines: readonly string[]) => pipeline.write(name, ...lines);
const add = (name: string, flags?: AddFlags) => addFile(pipeline, name, flags);
const poll = () => pipeline.run(readSourcesOnce());
/** The sales that the topics state: id -> product, quantity, number of the document. */
const sales = async () => {
  const stated = new Map<string, readonly unknown[]>();
  for (const { key, event } of rowsOf(await pipeline.run(allEvents)))
    if (event.kind === "delete") stated.delete(key);
    else if (event.kind === "row")
      stated.set(key, [event.row.id_produit, event.row.quantité, event.extras.numero_document]);
  return stated;
};
const said = async () => [...(await sales()).values()].map(String).sort();

const LINES = ["2026-02-03,A,S1,2,1001", "2026-02-03,B,S1,1,1001", "2026-02-04,A,S1,1,1002"];

describe("the number of a document", () => {
  it.each([
    "order_id",
    "Numéro de commande",
    "N° ticket",
    "Ticket",
    "receipt_number",
    "Facture",
    "invoice no.",
    "transaction_id",
    "Bon",
    "Bestellnummer",
    "Belegnr.",
    "Nº pedido",
    "Factura",
  ])("%s tells documents: its lines are sales of their own", async (name) => {
    write("v.csv", `date,product_id,store_id,qty,${name}`, ...LINES);
    await add("v.csv");
    await poll();
    expect(await said()).toEqual(["A,1,1002", "A,2,1001", "B,1,1001"]);
  });

  it("may stand on the same line twice: two sales", async () => {
    write("v.csv", "order_id,date,sku,store_id,qty", "o1,2026-02-03,A,S1,1", "o1,2026-02-03,A,S1,1");
    await add("v.csv");
    await poll();
    expect(await said()).toEqual(["A,1,o1", "A,1,o1"]);
  });

  it("of an order that grows keeps the sales that were there", async () => {
    const head = "order_id,line,date,sku,store_id,qty";
    write("v.csv", head, "1,1,2026-02-03,A,S1,1", "2,1,2026-02-04,A,S1,1");
    await add("v.csv");
    await poll();
    const before = [...(await sales()).keys()];
    write("v.csv", head, "1,1,2026-02-03,A,S1,1", "1,2,2026-02-03,B,S1,4", "2,1,2026-02-04,A,S1,1");
    expect((await poll())[0]).toMatchObject({ state: "ok", emitted: 1, unchanged: 2 });
    expect([...(await sales()).keys()]).toEqual(expect.arrayContaining(before));
    expect(await said()).toEqual(["A,1,1", "A,1,2", "B,4,1"]);
  });

  it("begins again each day: tickets of two days are different sales", async () => {
    const head = "ticket,date,product_id,store_id,qty";
    write("1.csv", head, "1,2026-02-03,A,S1,1", "2,2026-02-03,B,S1,1");
    write("2.csv", head, "1,2026-02-04,A,S1,1", "2,2026-02-04,B,S1,1");
    await add("1.csv");
    await add("2.csv");
    await poll();
    expect(await said()).toEqual(["A,1,1", "A,1,1", "B,1,2", "B,1,2"]);
  });

  it("beside an id of sales is an extra, and the id is the id", async () => {
    write(
      "v.csv",
      "order_id,sale_id,date,sku,store_id,qty",
      "o1,7,2026-02-03,A,S1,1",
      "o1,8,2026-02-03,B,S1,1",
    );
    await add("v.csv");
    await poll();
    expect([...(await sales())]).toEqual([
      ["7", ["A", "1", "o1"]],
      ["8", ["B", "1", "o1"]],
    ]);
  });

  it("is an id where the operator says so, and where the source began with it as one", async () => {
    const head = "order_id,date,sku,store_id,qty";
    write("v.csv", head, "1,2026-02-03,A,S1,1");
    await add("v.csv", { map: ["id_vente=order_id"] });
    await poll();
    expect([...(await sales()).keys()]).toEqual(["1"]);
    // The option goes: what was announced stays.
    write("v.csv", head, "1,2026-02-03,A,S1,2", "2,2026-02-03,A,S1,1");
    expect((await poll())[0]).toMatchObject({ state: "ok", emitted: 2 });
    expect([...(await sales()).keys()]).toEqual(["1", "2"]);
  });

  it("with a name that only the operator knows is the one of --map", async () => {
    write("v.csv", "date,product_id,store_id,qty,Vorgang", ...LINES);
    await add("v.csv", { map: ["numero_document=Vorgang"] });
    await poll();
    expect(await said()).toEqual(["A,1,1002", "A,2,1001", "B,1,1001"]);
  });
});
