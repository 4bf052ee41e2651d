/** Lines whose status says that they are no sales wait for a decision (rule 22). */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { confirmSource } from "../admin/confirm.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, claimsOf, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";
import { type AddFlags, addFile } from "../testing/register.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const HEADER = "date,article,magasin,qty,montant";
const write = (...lines: readonly string[]) => pipeline.write("v.csv", ...lines);
const add = (flags?: AddFlags) => addFile(pipeline, "v.csv", flags);
const poll = async () => (await pipeline.run(readSourcesOnce()))[0];
const events = async () => rowsOf(await pipeline.run(allEvents)).length;

it("are left aside or count, as the operator says", async () => {
  write(
    `${HEADER},statut`,
    "2026-02-03,A,S1,2,10,payée",
    "2026-02-03,B,S1,1,7,Annulée",
    "2026-02-04,B,S1,1,7.5,Annulée",
    "2026-02-04,B,S1,1,9,retour",
    "2026-02-05,B,S1,-1,-9,retour",
  );
  await add();
  const doubts = (await poll())?.doubts ?? [];
  expect(doubts.map(({ says }) => says)).toEqual([
    'by "statut" = "Annulée", 2 lines are no sales (14.5 in all), and they would count',
    'by "statut" = "retour", one line is no sale (9 in all), and it would count',
  ]);
  // The first command decides both.
  expect(doubts[0]?.choices[0]?.command).toMatch(/ --where '?statut!=Annulée'? --where '?statut!=retour'?$/);
  await add({ where: ["statut!=Annulée"] });
  expect(await poll()).toMatchObject({ state: "ok", emitted: 3 });
});

it("hold purchases and an inventory among the sales, and no dish", async () => {
  write(
    `${HEADER},Type mouvement,nature`,
    "2026-02-03,A,S1,2,10,Vente,Entrée",
    "2026-02-03,B,S1,10,7,Achat,Plat",
    "2026-02-04,B,S1,4,8,Inventaire,Dessert",
    "2026-02-04,B,S1,4,9,Facture fournisseur,Plat",
  );
  await add();
  expect((await poll())?.doubts?.map(({ says }) => says.split(",")[0])).toEqual([
    'by "Type mouvement" = "Achat"',
    'by "Type mouvement" = "Inventaire"',
    'by "Type mouvement" = "Facture fournisseur"',
  ]);
});

it("hold a later version back, and a decision about a value holds for the lines that come after", async () => {
  write(`${HEADER},status`, "2026-02-03,A,S1,2,10,paid");
  await add();
  await poll();
  write(`${HEADER},status`, "2026-02-03,A,S1,2,10,paid", "2026-02-04,B,S1,1,7,void");
  const held = await poll();
  expect(held).toMatchObject({ state: "held" });
  expect(await events()).toBe(1);
  await pipeline.run(confirmSource(pipeline.pathOf("v.csv"), held?.doubts ?? []));
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
  write(
    `${HEADER},status`,
    "2026-02-03,A,S1,2,10,paid",
    "2026-02-04,B,S1,1,7,void",
    "2026-02-05,B,S1,1,7,void",
  );
  expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
});

it.each([
  ["annulé", "oui", true],
  ["annulé", "non", false],
  ["order_status", "Refunded", true],
  ["order_status", "partially refunded", false],
  ["Type", "Vente", false],
  ["Type de vente", "Avoir", true],
  ["state", "Texas", false],
  ["note", "annulée", false],
])("are known by a field such as %s: %s", async (field, value, isHeld) => {
  write(`${HEADER},${field}`, `2026-02-03,A,S1,2,10,${value}`);
  await add();
  expect((await poll())?.state).toBe(isHeld ? "held" : "ok");
});

describe("a sale with an id that --where leaves out", () => {
  const ID_HEADER = `sale_id,${HEADER},status`;
  const paid = (id: number) => `${id},2026-02-0${id},A,S1,1,5,paid`;
  const cancelled = (id: number) => paid(id).replace("paid", "cancelled");
  /** The ids of the sales that the source states. */
  const ids = async () => {
    const all = rowsOf(await pipeline.run(allEvents));
    return [...claimsOf(all, all[0]?.event.source ?? "").keys()].map((claim) => claim.split(" ")[1]).sort();
  };

  it.each([
    ["at the beginning", [cancelled(1), paid(2), paid(3)], ["2", "3"]],
    ["at the end", [paid(1), paid(2), cancelled(3)], ["1", "2"]],
    ["in a line that was appended", [paid(1), paid(2), paid(3), cancelled(2)], ["1", "3"]],
    ["before a line that it does not leave out", [paid(1), cancelled(2), paid(2), paid(3)], ["1", "2", "3"]],
  ])("is deleted: %s", async (_, lines, left) => {
    write(ID_HEADER, paid(1), paid(2), paid(3));
    await add({ where: ["status!=cancelled"] });
    await poll();
    expect(await ids()).toEqual(["1", "2", "3"]);
    write(ID_HEADER, ...lines);
    expect(await poll()).toMatchObject({ state: "ok" });
    expect(await ids()).toEqual(left);
  });

  it("is deleted when the option comes later, and comes back with its status", async () => {
    write(ID_HEADER, paid(1), cancelled(2));
    await add();
    await pipeline.run(confirmSource(pipeline.pathOf("v.csv"), (await poll())?.doubts ?? []));
    await poll();
    expect(await ids()).toEqual(["1", "2"]);
    await add({ where: ["status!=cancelled"] });
    await poll();
    expect(await ids()).toEqual(["1"]);
    write(ID_HEADER, paid(1), paid(2));
    await poll();
    expect(await ids()).toEqual(["1", "2"]);
  });
});
