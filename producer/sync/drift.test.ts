/** Files and options that change while a producer follows them: which rows stay the same, and what is refused. */
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { confirmSource } from "../admin/confirm.ts";
import { removeSource } from "../admin/remove.ts";
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
import { pollSource } from "./poll.ts";
import { makeTemporaryProducer } from "./producer.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const path = () => pipeline.pathOf("v.csv");
const write = (...lines: readonly string[]) => pipeline.write("v.csv", ...lines);
const poll = async () => (await pipeline.run(readSourcesOnce()))[0];
const events = async () => rowsOf(await pipeline.run(allEvents));

const add = (flags?: AddFlags) => addFile(pipeline, "v.csv", flags);
const refusal = (flags: AddFlags) => refusalOf(pipeline, "v.csv", flags);
const registered = async () => (await pipeline.run(listSources))[0]?.registration;

const SALES = "date_vente,id_produit,id_magasin,quantité";
const sale = (n: number, quantity = "1") =>
  `2026-01-${String(1 + (n % 28)).padStart(2, "0")},p${n},m,${quantity}`;
const sales = (n: number, quantity?: string) => Array.from({ length: n }, (_, i) => sale(i, quantity));

describe("a file that changes its columns", () => {
  it("in their order gives the same rows", async () => {
    write(SALES, ...sales(3));
    await add();
    await poll();
    write(
      "quantité,id_magasin,id_produit,date_vente",
      ...sales(3).map((line) => line.split(",").reverse().join(",")),
    );
    expect(await poll()).toMatchObject({ emitted: 0, unchanged: 3 });
  });

  it("by a name that is an alias gives the same rows, too", async () => {
    write(SALES, ...sales(3));
    await add();
    await poll();
    write("Date,Référence produit,Magasin,Qté", ...sales(3));
    expect(await poll()).toMatchObject({ emitted: 0, unchanged: 3, state: "ok" });
  });

  it("by another name is refused, and the sentence names the likely new column; with --map it goes on", async () => {
    write(SALES, ...sales(3));
    await add();
    await poll();
    const before = await events();
    write("date_vente,id_produit,Comptoir,quantité", ...sales(4));
    expect(await poll()).toMatchObject({
      state: "parked",
      reason: expect.stringMatching(
        /id_magasin is missing; new in the header: Comptoir; .*sources add \S+ --map id_magasin=Comptoir$/,
      ),
    });
    expect(await events()).toEqual(before);
    // The column now comes from another field, but its values are the same, so the ids are the same.
    await add({ map: ["id_magasin=Comptoir"] });
    expect(await poll()).toMatchObject({ state: "ok", unchanged: 3, emitted: 1 });
  });

  it("by losing one that identifies sales is refused, and the sentence names the new columns", async () => {
    write(`${SALES},vendeur`, ...sales(3).map((line) => `${line},Zoé`));
    await add();
    await poll();
    const before = await events();
    write(`${SALES},seller`, ...sales(3).map((line) => `${line},Zoé`));
    expect(await poll()).toMatchObject({
      state: "parked",
      reason: expect.stringMatching(
        /column vendeur has disappeared; .*columns that were not there: seller.* --key 'date_vente,id_magasin,id_produit,quantité' --rekey$/,
      ),
    });
    expect(await events()).toEqual(before);
    await add({ key: "date_vente,id_magasin,id_produit,quantité", rekey: true });
    expect(await poll()).toMatchObject({ state: "ok", emitted: 3, withdrawn: 3 });
  });

  it("into text is held back, unless the version before was like that already", async () => {
    write(SALES, ...sales(20));
    await add();
    await poll();
    const before = await events();
    write(SALES, ...sales(20, "douze"));
    expect(await poll()).toMatchObject({
      state: "held",
      reason: expect.stringMatching(
        /20 of its 20 lines cannot be read, for example line 2: .*douze.*sources confirm/,
      ),
    });
    expect(await events()).toEqual(before);
    // A few bad lines become rejects and do not hold the version back.
    write(SALES, ...sales(15), ...sales(5, "douze"));
    expect(await poll()).toMatchObject({ state: "ok", rejected: 5 });
  });

  it("is applied with attention when it is the first version or was bad before, until it is mended", async () => {
    const attention = { state: "ok", doubts: [{ code: "rejects.many", weight: "attention" }] };
    write(SALES, ...sales(20, "douze"));
    await add();
    expect(await poll()).toMatchObject({ ...attention, rejected: 20 });
    expect(await poll()).toMatchObject({ ...attention, rejected: 20 });
    write(SALES, ...sales(21, "douze"));
    expect(await poll()).toMatchObject({ ...attention, rejected: 21 });
    write(SALES, ...sales(2));
    const mended = await poll();
    expect(mended).toMatchObject({ state: "ok", rejected: 0, reason: "" });
    expect(mended).not.toHaveProperty("doubts");
    write(SALES, ...sales(2, "douze"));
    expect(await poll()).toMatchObject({ state: "held", doubts: [{ weight: "held" }] });
  });

  it("is applied without attention once an operator has accepted it", async () => {
    write(SALES, ...sales(3, "douze"), sale(1));
    await add();
    const first = await poll();
    expect(first).toMatchObject({ state: "ok", rejected: 3, emitted: 1, doubts: [{ code: "rejects.many" }] });
    await pipeline.run(confirmSource(path(), first?.doubts ?? []));
    expect(await poll()).not.toHaveProperty("doubts");
    write(SALES, ...sales(4, "douze"), sale(1));
    expect(await poll()).not.toHaveProperty("doubts");
  });
});

describe("a file that changes how it writes", () => {
  const HEADER = "id_vente,order_date,product_id,store_id,qty,price";
  it("keeps the format of the version before, where its values do not decide", async () => {
    write(HEADER, '1,31/12/2025,p,m,1,"1,5"');
    await add({ vanished: "keep" });
    await poll();
    write(HEADER, '1,31/12/2025,p,m,1,"1,5"', '2,03/02/2026,p,m,1,"1,234"');
    await poll();
    write(HEADER, '2,03/02/2026,p,m,1,"1,234"');
    expect(await poll()).toMatchObject({ state: "ok", emitted: 0, unchanged: 1 });
    expect((await events()).at(-1)?.event).toMatchObject({
      row: { id_vente: "2", date_vente: "2026-02-03", prix: "1.234" },
    });
  });

  it("is read by its own values, where they decide, and gives the same rows", async () => {
    write(HEADER, '1,31/12/2025,p,m,1,"1.234,5"', '2,03/02/2026,p,m,1,"1,5"');
    await add();
    await poll();
    write(HEADER, '1,12/31/2025,p,m,1,"1,234.5"', "2,02/03/2026,p,m,1,1.5");
    expect(await poll()).toMatchObject({ state: "ok", emitted: 0, unchanged: 2 });
  });

  it("in the appended part is read whole again: all its values decide", async () => {
    const first = ["1,31/12/2025,p,m,1,2.5", '2,01/12/2025,p,m,1,"1,234"'];
    write(HEADER, ...first);
    await add();
    await poll();
    // With the appended values there are two commas and one point: now the commas decide, and the point is rejected.
    write(HEADER, ...first, '3,31/12/2025,p,m,1,"2,5"', '4,31/12/2025,p,m,1,"3,5"');
    expect(await poll()).toMatchObject({ state: "ok", records: 4, rejected: 1 });
    const prices = (await events()).flatMap(({ event }) =>
      event.kind === "row" && "prix" in event.row ? [[event.row.id_vente, event.row.prix]] : [],
    );
    expect(prices.toSorted(([a = ""], [b = ""]) => Number(a) - Number(b))).toEqual([
      ["1", "2.5"],
      ["2", "1234"],
      ["2", "1.234"],
      ["3", "2.5"],
      ["4", "3.5"],
    ]);
  });
});

describe("options of a source", () => {
  it("stay as registered where they are not given again", async () => {
    write("d;p;m;q", "03/02/2026;p;m;1,5");
    await add({
      map: ["date_vente=d", "id_produit=p", "id_magasin=m", "quantité=q"],
      decimal: "comma",
      vanished: "keep",
      idScope: "a",
    });
    await add({});
    await add({ map: ["prix="], vanished: null });
    expect(await registered()).toMatchObject({
      entities: ["ventes"],
      idScope: "a",
      reading: {
        decimal: "comma",
        map: { date_vente: "d", id_magasin: "m", id_produit: "p", prix: "", quantité: "q" },
      },
    });
    expect(await registered()).not.toHaveProperty("vanished");
    // The poll reads the file with these options.
    expect(await poll()).toMatchObject({ state: "ok", emitted: 1 });
    expect((await events())[0]?.event).toMatchObject({ row: { date_vente: "2026-02-03", quantité: "1.5" } });
  });

  it("that would change ids of sales are refused, others are not", async () => {
    write("date_vente,Ref,Code,id_magasin,quantité,Note", "03/02/2026,p,q,m,1,x");
    await add();
    await poll();
    const refused = async (given: AddFlags) => (await refusal(given)).split(" : ")[0];
    expect(await refusal({ map: ["id_produit=Code"] })).toMatch(/^source.rekeyed: .*depend on id_produit/);
    expect(await refused({ set: ["id_magasin=web"] })).toMatch(/^source.rekeyed.*id_magasin/);
    expect(await refused({ dateFormat: "mdy" })).toMatch(/^source.ids_fixed.*date_vente/);
    expect(await refused({ key: "Note" })).toMatch(/^source.rekeyed.*--key/);
    expect(await refused({ idScope: "b" })).toMatch(/^source.rekeyed.*--id-scope/);
    // The commands have the flags that were given; --rekey is in none that it would refuse.
    expect(await refusal({ map: ["id_produit=Code"], idScope: "till 2" })).toMatch(
      /sources add \S+ --map id_produit=Code --id-scope 'till 2' --rekey;/,
    );
    const fixed = await refusal({ dateFormat: "mdy" });
    expect(fixed).toMatch(/sources remove \S+ --withdraw && npx ventes sources add \S+ --date-format mdy$/);
    // These flags repeat what was decided, or no id depends on them.
    await add({ dateFormat: "dmy", duplicates: "drop", map: ["chiffre_affaires="] });
    expect((await registered())?.reading).toEqual({ dateFormat: "dmy", map: { chiffre_affaires: "" } });
    // The removal forgets what is registered, so the command after it says all of it.
    expect(await refusal({ dateFormat: "mdy" })).toMatch(
      /--withdraw && npx ventes sources add \S+ --date-format mdy --map chiffre_affaires= --duplicates drop$/,
    );
  });

  it("that change ids are accepted after the source and its rows are removed, whatever the source publishes then", async () => {
    write("Date,Référence,Nom,Magasin,Ville,Quantité", "2026-01-01,p,Pain,m,Rennes,1");
    await add({ entities: ["ventes"] });
    await poll();
    expect(await refusal({ key: "Référence" })).toMatch(/sources remove \S+ --withdraw/);
    await pipeline.run(removeSource(path(), { withdraw: true }));
    await add({ key: "Référence,Nom", entities: ["ventes"] });
    await poll();
    await pipeline.run(removeSource(path(), { withdraw: true }));
    await add({ entities: ["produits", "magasins", "ventes"] });
    expect(await poll()).toMatchObject({ state: "ok", entities: ["produits", "magasins", "ventes"] });
    const ids = (await events()).flatMap(({ event }) =>
      event.kind === "row" && "id_vente" in event.row ? [event.row.id_vente] : [],
    );
    expect(new Set(ids).size).toBe(3);
    const claims = claimsOf(await pipeline.run(allEvents), (await registered())?.source ?? "");
    expect([...claims.keys()].map((name) => name.split(" ")[0])).toEqual(["produits", "magasins", "ventes"]);
  });

  describe("that change ids, with --rekey", () => {
    const held = async () => {
      const claims = claimsOf(await pipeline.run(allEvents), (await registered())?.source ?? "");
      return [...claims.values()]
        .map(({ row: { date_vente, id_produit, id_magasin, quantité } }) =>
          [date_vente, id_produit, id_magasin, quantité].join(),
        )
        .sort();
    };
    const HEADER = "date_vente,id_produit,Code,id_magasin,quantité";

    it("delete and publish again the sales of all days in the file, the first and last included", async () => {
      write(
        HEADER,
        ...["01", "02", "03", "04"].map((day) => `2026-01-${day},p${day},c${day},m,1`),
        ...Array.from({ length: 30 }, (_, i) => `2026-01-03,q${i},d,m,1`),
      );
      await add();
      await poll();
      // The first day has rolled off. The version deletes most rows, and needs no confirmation because of --rekey.
      const now = ["02", "03", "04"].map((day) => `2026-01-${day},p${day},c${day},m,1`);
      write(HEADER, ...now);
      expect(await refusal({ map: ["id_produit=Code"] })).toMatch(/--rekey/);
      await add({ map: ["id_produit=Code"], rekey: true });
      expect(await poll()).toMatchObject({ state: "ok", emitted: 3, vanished: 1, withdrawn: 33 });
      const right = ["2026-01-01,p01,m,1", "2026-01-02,c02,m,1", "2026-01-03,c03,m,1", "2026-01-04,c04,m,1"];
      expect(await held()).toEqual(right);
      // A rekey runs once. The same options again do nothing, and rule 9 applies as before.
      await add({ map: ["id_produit=Code"], rekey: true });
      expect(await poll()).toMatchObject({ state: "ok", emitted: 0, unchanged: 3 });
      write(HEADER, ...now.slice(1), "2026-01-05,p,c05,m,1");
      expect(await poll()).toMatchObject({ state: "ok", emitted: 1, withdrawn: 0 });
      expect(await held()).toEqual([...right, "2026-01-05,c05,m,1"]);
    });

    it("killed at any of its sends, is completed by the next poll", async () => {
      for (let after = 0; after < 6; after++)
        for (const stored of [true, false]) {
          const other = await openPipeline();
          other.write("v.csv", HEADER, "2026-01-01,p,c,m,1", "2026-01-02,q,d,m,1");
          await addFile(other, "v.csv");
          await other.run(readSourcesOnce());
          await addFile(other, "v.csv", { map: ["id_produit=Code"], rekey: true });
          other.fault = { after, kind: "killed", stored };
          await other.run(readSourcesOnce()).catch(() => undefined);
          other.fault = undefined;
          await other.run(readSourcesOnce());
          const source = pathToFileURL(other.pathOf("v.csv")).href;
          const claims = [...claimsOf(await other.run(allEvents), source).values()];
          expect(claims.map(({ row }) => row.id_produit).sort(), `killed at send ${after}`).toEqual([
            "c",
            "d",
          ]);
          await other.close();
        }
    });

    it("a set column, a key and a scope are such options, too", async () => {
      write("date_vente,id_produit,id_magasin,quantité,Note", "03/02/2026,p,m,1,x", "04/02/2026,p,m,1,y");
      await add({ dateFormat: "dmy" });
      await poll();
      const before = new Set(
        claimsOf(await pipeline.run(allEvents), (await registered())?.source ?? "").keys(),
      );
      for (const given of [
        { set: ["id_magasin=web"] },
        { key: "date_vente,Note" },
        { idScope: "b" },
      ] satisfies AddFlags[]) {
        await add({ ...given, rekey: true });
        expect(await poll()).toMatchObject({ state: "ok", emitted: 2 });
      }
      const claims = claimsOf(await pipeline.run(allEvents), (await registered())?.source ?? "");
      expect(claims.size).toBe(2);
      for (const name of claims.keys()) expect(before).not.toContain(name);
    });

    it("are refused when the days change, too: nobody knows which of the old sales the file holds", async () => {
      write("date_vente,id_produit,id_magasin,quantité", "03/02/2026,p,m,1", "04/02/2026,p,m,1");
      await add({ dateFormat: "dmy" });
      await poll();
      expect(await refusal({ dateFormat: "mdy", rekey: true })).toMatch(/^source.not_rekeyed: .*date_vente/);
    });

    it("a column of ids that comes before it is done refuses the version, and the rows stay", async () => {
      write(HEADER, "2026-01-01,p,c,m,1");
      await add();
      await poll();
      await add({ map: ["id_produit=Code"], rekey: true });
      write(`id_vente,${HEADER}`, "1,2026-01-01,p,c,m,1");
      expect(await poll()).toMatchObject({ state: "parked", reason: expect.stringContaining("id_vente") });
      expect(await held()).toEqual(["2026-01-01,p,m,1"]);
      write(HEADER, "2026-01-01,p,c,m,1");
      await poll();
      expect(await held()).toEqual(["2026-01-01,c,m,1"]);
    });

    it("a poll that was planned before uses the registration as it is now", async () => {
      write(HEADER, "2026-01-01,p,c,m,1", "2026-01-02,q,d,m,1");
      const old = await add();
      await poll();
      await add({ map: ["id_produit=Code"], idScope: "b", rekey: true });
      await poll();
      await pipeline.run(
        Effect.scoped(
          Effect.gen(function* () {
            const other = yield* makeTemporaryProducer();
            const result = yield* pollSource(other, old, { mode: "once" });
            expect(result).toMatchObject({ announced: false, counts: { emitted: 0, unchanged: 2 } });
          }),
        ),
      );
      expect(await held()).toEqual(["2026-01-01,c,m,1", "2026-01-02,d,m,1"]);
    });

    it("replace ids of the file, and leave ids that it uses for another day now", async () => {
      write(`id_vente,Code,${SALES}`, "1,q,2026-01-01,p,m,1", "2,r,2026-01-01,p,m,1");
      await add();
      await poll();
      write(`id_vente,Code,${SALES}`, "1,q,2026-01-01,p,m,1", "2,s,2026-01-02,p,m,1");
      await add({ map: ["id_vente=Code"], rekey: true });
      expect(await poll()).toMatchObject({ state: "ok", emitted: 2, withdrawn: 1 });
      expect(await held()).toEqual(["2026-01-01,p,m,1", "2026-01-01,p,m,1", "2026-01-02,p,m,1"]);
    });

    it("replace a line whose product was corrected in the version that gets the new ids", async () => {
      const rest = ["2,2026-01-02,p,m,1", "3,2026-01-03,p,m,1", "4,2026-01-04,p,m,1"];
      write(`id_vente,${SALES}`, "1,2026-01-01,p,m,1", ...rest);
      await add();
      await poll();
      write(`id_vente,${SALES}`, "1,2026-01-01,q,m,1", ...rest, "5,2026-01-05,p,m,1", "5,2026-01-05,q,m,1");
      await add({ map: ["numero_document=id_vente"], rekey: true });
      expect(await poll()).toMatchObject({ state: "ok", emitted: 6, withdrawn: 4 });
      expect(await held()).toHaveLength(6);
    });

    it("are refused of ids that have a scope already: the field has a part of them only", async () => {
      write(`id_vente,Code,${SALES}`, "1,q,2026-01-01,p,m,1");
      await add({ idScope: "a" });
      await poll();
      expect(await refusal({ map: ["id_vente=Code"], rekey: true })).toMatch(
        /^source.not_rekeyed: .*id_vente/,
      );
    });
  });

  it("of sales with ids may change: they keep their ids", async () => {
    write(`id_vente,Code,${SALES}`, "1,q,2026-01-01,p,m,1");
    await add();
    await poll();
    await add({ map: ["id_produit=Code"] });
    write(`id_vente,Code,${SALES}`, "1,q,2026-01-01,p,m,1", "2,q,2026-01-01,p,m,1");
    expect(await poll()).toMatchObject({ emitted: 2 });
    expect(await refusal({ map: ["id_vente=Code"] })).toMatch(/^source.rekeyed: .*id_vente/);
  });

  it("come from a preset, which stays registered", async () => {
    write("Référence;Désignation;Prix", "p;Pain;1,234");
    await add({ preset: "excel-fr" });
    expect((await registered())?.reading).toEqual({ preset: "excel-fr" });
    await poll();
    expect((await events())[0]?.event).toMatchObject({
      row: { id_produit: "p", nom: "Pain", prix: "1.234" },
    });
  });

  it("of several entities are what it publishes; another list later is refused", async () => {
    write("Date,Référence,Nom,Magasin,Ville,Quantité", "2026-01-01,p,Pain,m,Rennes,1");
    await add({ entities: ["produits", "magasins", "ventes"] });
    expect((await registered())?.entities).toEqual(["produits", "magasins", "ventes"]);
    await add({});
    expect((await registered())?.entities).toEqual(["produits", "magasins", "ventes"]);
  });
});
