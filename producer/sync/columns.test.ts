/** The meaning of columns stays as the version before had it, whatever columns come later. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSourcesOnce } from "../run.ts";
import {
  allEvents,
  claimsOf,
  listSources,
  openPipeline,
  type Pipeline,
  rowsOf,
} from "../testing/pipeline.ts";
import { type AddFlags, addFile, refusalOf } from "../testing/register.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const write = (...lines: readonly string[]) => pipeline.write("v.csv", ...lines);
const poll = async () => (await pipeline.run(readSourcesOnce()))[0];
const add = (flags?: AddFlags) => addFile(pipeline, "v.csv", flags);
const refusal = (flags: AddFlags) => refusalOf(pipeline, "v.csv", flags);
/** The rows that the source states, ids left out, sorted by day. */
const rows = async () => {
  const all = rowsOf(await pipeline.run(allEvents));
  const claims = [...claimsOf(all, all[0]?.event.source ?? "").values()];
  return claims
    .map(({ row, extras }) => {
      const { id_vente: _, ...rest } = row;
      return { ...rest, ...extras };
    })
    .sort((a, b) => String(a.date_vente).localeCompare(String(b.date_vente)));
};
const notes = async () => (await pipeline.run(listSources))[0]?.announcement?.reading?.notes ?? [];

describe("a column that comes later, with a better known name,", () => {
  it("takes no place that is taken; a note names it and how to choose it", async () => {
    write("date,article,magasin,qty", "2026-02-03,A,S1,1", "2026-02-04,B,S1,1");
    await add();
    await poll();
    write("date,sku,article,magasin,qty", "2026-02-03,376,A,S1,1", "2026-02-05,376,A,S1,1");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 2 });
    expect((await rows()).map((row) => row.id_produit)).toEqual(["A", "A"]);
    expect(await notes()).toEqual([{ code: "columns.kept", what: "id_produit=sku", more: "article" }]);
    // A third version has the two columns already: nothing is decided anew.
    write("sku,date,article,magasin,qty", "376,2026-02-03,A,S1,1", "376,2026-02-06,A,S1,1");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect(new Set((await rows()).map((row) => row.id_produit))).toEqual(new Set(["A"]));
  });

  it("is data, where an amount is in use already", async () => {
    write("sale_id,date,article,magasin,qty,montant", "1,2026-02-03,A,S1,1,10");
    await add();
    await poll();
    write("sale_id,date,article,magasin,qty,montant,chiffre_affaires", "1,2026-02-03,A,S1,1,10,8.33");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect(await rows()).toEqual([
      expect.objectContaining({ chiffre_affaires: "10", "chiffre_affaires (2)": "8.33" }),
    ]);
  });

  it("is read when the operator says so: with --rekey where it is a part of the ids", async () => {
    write("date,article,magasin,qty", "2026-02-03,A,S1,1", "2026-02-04,B,S1,1");
    await add();
    await poll();
    write("date,sku,article,magasin,qty", "2026-02-03,376,A,S1,1", "2026-02-04,377,B,S1,1");
    await poll();
    expect(await refusal({ map: ["id_produit=sku"] })).toMatch(/^source.rekeyed: .*id_produit/);
    await add({ map: ["id_produit=sku"], rekey: true });
    await poll();
    expect((await rows()).map((row) => row.id_produit)).toEqual(["376", "377"]);
  });

  it("is another shop's id for no shop that is known by its address", async () => {
    const head = "date,ref,ville,adresse,qty";
    write(head, "2026-02-03,A,Brest,1 quai,1");
    await add({ entities: ["magasins", "ventes"] });
    await poll();
    write(`${head},boutique`, "2026-02-03,A,Brest,1 quai,1,B7", "2026-02-04,A,Brest,1 quai,1,B7");
    expect(await poll()).toMatchObject({ state: "ok" });
    expect(new Set((await rows()).map((row) => row.id_magasin))).toEqual(new Set(["Brest, 1 quai"]));
  });
});

describe("a wide file", () => {
  it("in which a shop gets another city is applied, and needs attention until an operator decides", async () => {
    const head = "date,ref,magasin,ville,qty";
    write(head, "2026-02-03,A,S1,Brest,1", "2026-02-04,A,S1,Brest,1");
    await add();
    expect(await poll()).toMatchObject({ state: "ok", entities: ["magasins", "ventes"] });
    write(head, "2026-02-03,A,S1,Brest,1", "2026-02-04,A,S1,Brest,1", "2026-02-05,A,S1,Rennes,1");
    const found = await poll();
    expect(found).toMatchObject({ state: "ok", doubts: [{ code: "shops.several", weight: "attention" }] });
    const [last, alone] = found?.doubts?.[0]?.choices ?? [];
    expect(last?.command).toMatch(/sources confirm \S+ shops\.several:\S+$/);
    expect(alone?.command).toMatch(/sources remove \S+ --withdraw && npx ventes sources add ventes \S+$/);
  });
});

describe("a column that goes", () => {
  it("is not read from a field that was something else; from a new one it is", async () => {
    write("date,sku,article,magasin,qty", "2026-02-03,376,A,S1,1", "2026-02-04,377,B,S1,1");
    await add();
    await poll();
    write("date,article,magasin,qty", "2026-02-03,A,S1,1", "2026-02-04,B,S1,1");
    expect(await poll()).toMatchObject({ state: "parked", reason: expect.stringContaining("id_produit") });
    write("date,reference,article,magasin,qty", "2026-02-03,376,A,S1,1", "2026-02-04,377,B,S1,1");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 0 });
    // The new name was announced although no row changed: a still better known one does not take its place.
    write(
      "date,id_produit,reference,article,magasin,qty",
      "2026-02-03,9,376,A,S1,1",
      "2026-02-04,9,377,B,S1,1",
    );
    expect(await poll()).toMatchObject({ state: "ok" });
    expect((await rows()).map((row) => row.id_produit)).toEqual(["376", "377"]);
  });
});

describe("a second header in the middle", () => {
  const FIRST = "date,product_id,store_id,qty,unit_price";

  it("in another order reads its own lines", async () => {
    write(
      FIRST,
      "2026-02-03,A,S1,2,5.00",
      "date,product_id,store_id,unit_price,qty",
      "2026-02-04,A,S1,5.00,3",
      FIRST,
      "2026-02-05,A,S1,4,5.00",
    );
    await add();
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3, rejected: 0 });
    expect((await rows()).map((row) => [row.quantité, row.prix])).toEqual([
      ["2", "5"],
      ["3", "5"],
      ["4", "5"],
    ]);
    expect(await notes()).toContainEqual({ code: "headers.other", what: "3", more: "1" });
  });

  it("reads the lines that are appended below it", async () => {
    const lines = [
      FIRST,
      "2026-02-03,A,S1,2,5.00",
      "Produit,Magasin,Quantité,Prix,Date",
      "A,S1,3,5.00,2026-02-04",
    ];
    write(...lines);
    await add();
    await poll();
    write(...lines, "A,S1,7,5.00,2026-02-05");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect((await rows()).map((row) => row.quantité)).toEqual(["2", "3", "7"]);
  });

  it("with columns that the file does not have sets its lines aside", async () => {
    write(
      FIRST,
      "2026-02-03,A,S1,2,5.00",
      "date,product_id,store_id,unit_price,qty,seller",
      "2026-02-04,A,S1,5.00,3,Zoé",
      "2026-02-05,A,S1,5.00,3,",
    );
    await add();
    const status = await poll();
    expect(status).toMatchObject({ state: "ok", emitted: 1, rejected: 2 });
    expect(status?.doubts).toMatchObject([{ code: "lines.aside", weight: "attention" }]);
    expect(await rows()).toContainEqual(expect.objectContaining({ code: "record.other_header" }));
  });
});
