/** Columns that are not published: personal data, and what the operator leaves out (rule 24). */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { registerCatalogue } from "../admin/catalogues.ts";
import { inspectSource } from "../admin/inspect.ts";
import { registerSource } from "../admin/register.ts";
import { looksPersonal } from "../header/index.ts";
import { isPersonalValue } from "../rows/index.ts";
import { readSourcesOnce } from "../run.ts";
import { sourceId } from "../source/reference.ts";
import { allEvents, claimsOf, listSources, openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { parseReadingFlags, type ReadingFlags } from "../version/reading-flags.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
  mkdirSync(join(pipeline.dir, "files"), { recursive: true });
});
afterEach(() => pipeline.close());

const folder = () => join(pipeline.dir, "files");
const path = () => join(folder(), "v.csv");
const write = (...lines: readonly string[]) => writeFileSync(path(), `${lines.join("\n")}\n`);
const poll = async () => (await pipeline.run(readSourcesOnce()))[0];
const add = ({ rekey, ...flags }: ReadingFlags & { rekey?: boolean } = {}) =>
  pipeline.run(registerSource(path(), { rekey, reading: parseReadingFlags(flags) }));
const refusal = async (flags: ReadingFlags) => {
  const error = await pipeline.run(
    Effect.flip(registerSource(path(), { reading: parseReadingFlags(flags) })),
  );
  return error._tag === "SourceError" ? `${error.code}: ${error.sentence}` : String(error);
};
const registered = async () => (await pipeline.run(listSources))[0];
const notes = async () =>
  ((await registered())?.announcement?.reading?.notes ?? []).map(({ code, what }) => `${code} ${what}`);
/** The key and the extras of each row that the source claims. */
const rows = async (): Promise<Readonly<Record<string, unknown>>> => {
  const events = await pipeline.run(allEvents);
  const claims = [...claimsOf(events, sourceId(path())).keys()].filter((name) => name.startsWith("ventes "));
  const keys = claims.map((name) => name.split(" ")[1] ?? "");
  return Object.fromEntries(
    keys.map((key) => {
      const last = events.findLast((one) => one.key === key)?.event;
      return [key, last?.kind === "row" ? last.extras : undefined];
    }),
  );
};
/** All bytes of the data directory. */
const stored = () =>
  readdirSync(join(pipeline.dir, "data"), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), "latin1"))
    .join("");
/** All events, as text. */
const published = async () => JSON.stringify(await pipeline.run(allEvents));

const HEADER = "date_vente,id_produit,id_magasin,quantité,E-mail,Téléphone,Nom du client,N° carte,vendeur";
const ANNE = "2026-02-03,p,m,1,anne@example.org,0612345678,Anne Le Gall,4970101234567890,Zoé";
const BOB = "2026-02-03,p,m,1,bob@example.org,0687654321,Bob Morvan,4970109876543210,Zoé";

describe("a column", () => {
  it.each([
    ...["E-mail", "email", "Adresse mail", "customer_email", "Courriel", "Buyer Email Address"],
    ...["Téléphone", "tel", "Tél.", "phone", "Billing Phone", "N° de tél", "mobile number", "GSM", "Fax"],
    ...[
      "Client",
      "customer",
      "Nom du client",
      "client_name",
      "Billing Name",
      "Shipping Name",
      "Prénom",
      "Last Name",
    ],
    ...["Nom et prénom", "Vorname", "Kunde", "Customer First Name", "Billing Address1", "Shipping Street"],
    ...["Adresse de livraison", "N° carte", "card_number", "Credit Card Number", "IBAN", "carte de fidélité"],
    ...["Date de naissance", "birthday", "IP address", "numéro de carte", "DOB", "Contact", "Adresse"],
    ...[
      "First Name (Billing)",
      "Address 1&2 (Billing)",
      "ship-address-1",
      "recipient-name",
      "Nom du contact",
    ],
    ...["Cardholder", "Intitulé tiers", "Tél. portable", "Civilité"],
  ])("%s is personal", (name) => expect(looksPersonal(name)).toBe(true));

  it.each([
    ...[
      "id_client",
      "customer_id",
      "code client",
      "N° client",
      "Nom",
      "name",
      "Name",
      "Nom produit",
      "vendeur",
    ],
    ...[
      "smartphone",
      "headphones",
      "iPhone case",
      "Carte",
      "Cartes postales",
      "Type de carte",
      "ville",
      "Billing City",
    ],
    ...[
      "Shipping Country",
      "note",
      "card type",
      "total",
      "telle",
      "Hôtel",
      "shipping",
      "ticket",
      "Ribambelle",
      ...["Code tiers", "adresse magasin", "membership", "contact lens", "livraison", "street food"],
    ],
  ])("%s is not", (name) => expect(looksPersonal(name)).toBe(false));

  it("of addresses is not, in a file of shops", () => {
    expect([looksPersonal("Adresse"), looksPersonal("Adresse", true)]).toEqual([true, false]);
  });
});

describe("a value", () => {
  it.each([
    ...["anne@example.org", "Anne Le Gall <anne.le-gall@mail.example.fr>", "06 12 34 56 78", "0612345678"],
    ...["+33 6 12 34 56 78", "+49 (0)171/1234567", "(555) 123-4567", "0171 1234567", "0033 612345678"],
    ...[
      "FR76 3000 6000 0112 3456 7890 189",
      "DE89370400440532013000",
      "4970 1012 3456 7893",
      "371449635398431",
    ],
  ])("%s is personal", (value) => expect(isPersonalValue(value)).toBe(true));

  it.each([
    ...["2026-02-03", "03/02/2026", "01-02-2026 10", "12,50", "3760123456789", "0012345678", "1234567890"],
    ...["4970101234567890", "FR76300060000112345678901", "FR40303265045", "35600000000048", "a @ b", "@zoe"],
    ...["75001 Paris", "10:05:00", "REF-0612-345", "00614141999996", "356938035643809"],
  ])("%s is not", (value) => expect(isPersonalValue(value)).toBe(false));
});

describe("personal data", () => {
  it("are in no topic, database or announcement; two customers' sales are two, and that is said", async () => {
    write(HEADER, ANNE, BOB, `${ANNE.replace("2026-02-03", "hier")}`, `${BOB},x`);
    writeFileSync(path(), ANNE.replace(",1,", ",7,"), { flag: "a" });
    await add();
    expect(await poll()).toMatchObject({ records: 5, emitted: 3, rejected: 2 });
    expect(Object.values(await rows())).toEqual([{ vendeur: "Zoé" }, { vendeur: "Zoé" }, { vendeur: "Zoé" }]);
    expect(await notes()).toEqual(["columns.personal E-mail, Téléphone, Nom du client, N° carte"]);
    const rejects = (await pipeline.run(allEvents)).flatMap(({ event }) =>
      event.kind === "row" && "raw" in event.row ? [event.row.raw] : [],
    );
    expect(rejects.sort()).toEqual(["***", "hier,p,m,1,***,***,***,***,Zoé"]);
    expect(stored()).not.toMatch(/example\.org|06123|Le Gall|Morvan|49701/);
    expect(stored()).toContain("vendeur");
  });

  it("are published with --keep, and no more without it: the sales keep their ids", async () => {
    write(HEADER, ANNE, BOB);
    await add({ keep: ["E-mail,Nom du client"] });
    await poll();
    const before = await rows();
    expect(Object.values(before)).toHaveLength(2);
    for (const extras of [
      { "E-mail": "anne@example.org", "Nom du client": "Anne Le Gall", vendeur: "Zoé" },
      { "E-mail": "bob@example.org", "Nom du client": "Bob Morvan", vendeur: "Zoé" },
    ])
      expect(Object.values(before)).toContainEqual(extras);
    await add({ keep: [""] });
    expect(await poll()).toMatchObject({ emitted: 2, withdrawn: 0 });
    const after = await rows();
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const empty = { "E-mail": null, "Nom du client": null, vendeur: "Zoé" };
    expect(Object.values(after)).toEqual([empty, empty]);
    expect(await notes()).toContain("columns.in_ids E-mail, Nom du client");
    // The same line again is the same sale.
    write(HEADER, ANNE, BOB, ANNE.replace(",1,", ",9,"));
    expect(await poll()).toMatchObject({ emitted: 1, unchanged: 2 });
    // Without a hash of them in the ids: the two sales differ in nothing else.
    await add({ rekey: true });
    expect(await poll()).toMatchObject({ emitted: 3, withdrawn: 3 });
    const keys = Object.keys(await rows());
    expect(new Set(keys.map((key) => key.split("~")[1])).size).toBe(2);
    expect(await notes()).not.toContain("columns.in_ids E-mail, Nom du client");
  });

  it.each([
    ["e-mail", "anne@example.org", "bob@example.org"],
    ["telephone", "06 12 34 56 78", "06 87 65 43 21"],
    ["cards", "4970 1012 3456 7893", "4970101234567893"],
  ])("are found by their values, whatever the column is called: %s", async (_, one, two) => {
    const lines = [
      "date_vente,id_produit,id_magasin,quantité,Réf. tiers,vendeur",
      `2026-02-03,p,m,1,${one},Zoé`,
      `2026-02-04,p,m,1,${two},Zoé`,
      "2026-02-05,p,m,1,,Zoé",
    ];
    write(...lines);
    await add();
    expect(await poll()).toMatchObject({ emitted: 3 });
    expect(await notes()).toEqual(["columns.personal_values Réf. tiers"]);
    const seller = { vendeur: "Zoé" };
    expect(Object.values(await rows())).toEqual([seller, seller, seller]);
    expect(await published()).not.toContain(one);
    // Values that say otherwise change neither the decision nor a sale.
    write(...lines, ...Array.from({ length: 9 }, (__, i) => `2026-02-06,p,m,${i + 1},x,Zoé`));
    expect(await poll()).toMatchObject({ state: "ok", emitted: 9 });
    expect(await notes()).toEqual(["columns.personal_values Réf. tiers"]);
    await add({ keep: ["Réf. tiers"] });
    expect(await poll()).toMatchObject({ state: "ok" });
    expect(Object.values(await rows())).toContainEqual({ "Réf. tiers": "x", ...seller });
  });

  it("in a column that was empty are found when lines come that have them", async () => {
    const lines = [
      "date_vente,id_produit,id_magasin,quantité,Remarque",
      "2026-02-03,p,m,1,",
      "2026-02-04,p,m,1,",
    ];
    write(...lines);
    await add();
    await poll();
    write(...lines, "2026-02-05,p,m,1,a@example.org", "2026-02-06,p,m,1,b@example.org");
    expect(await poll()).toMatchObject({ state: "ok" });
    expect(await published()).not.toContain("example.org");
    expect(Object.keys(await rows())).toHaveLength(4);
  });

  it("are not found by a single value, nor by half of them", async () => {
    write(
      "date_vente,id_produit,id_magasin,quantité,Remarque,Note",
      "2026-02-03,p,m,1,a@example.org,",
      "2026-02-04,p,m,1,b@example.org,c@example.org",
      "2026-02-05,p,m,1,x,",
      "2026-02-06,p,m,1,y,",
    );
    await add();
    await poll();
    expect(await notes()).toEqual([]);
  });

  it.each([
    ["a first name", "Prénom", "Luc"],
    ["an e-mail", "E-mail", "luc@example.org"],
  ])("are names beside %s, and none of products", async (_, field, value) => {
    write(`id_produit,Nom,${field},prix,libellé`, `p,Durand,${value},5,Pain`);
    await add();
    await poll();
    expect(await notes()).toEqual([`columns.personal Nom, ${field}`]);
    expect(await published()).toContain("Pain");
    expect(await published()).not.toContain("Durand");
    await add({ map: ["nom=Nom"] });
    await poll();
    expect(await published()).toContain("Durand");
  });

  it("of a key that the operator names tell sales apart, and are not published", async () => {
    write(HEADER, ANNE, ANNE.replace("anne@", "eve@"));
    await add({ key: "date_vente,E-mail" });
    expect(await poll()).toMatchObject({ emitted: 2 });
    const found = await rows();
    expect(new Set(Object.keys(found).map((key) => key.split("~")[1])).size).toBe(2);
    expect(stored()).not.toContain("example.org");
  });
});

describe("columns", () => {
  const SOME = "date_vente,id_produit,id_magasin,quantité,Order ID,a,b,Devise";
  const LINE = "2026-02-03,p,m,1,1001,x,y,EUR";

  it("that --drop names are left out, and others with --only", async () => {
    write(SOME, LINE);
    await add({ drop: ["a"] });
    await poll();
    expect(Object.values(await rows())).toEqual([{ b: "y", Devise: "EUR", numero_document: "1001" }]);
    await add({ drop: [""], only: ["numero_document,b"] });
    await poll();
    expect(Object.values(await rows())).toEqual([{ b: "y", Devise: null, numero_document: "1001" }]);
    expect(await notes()).toEqual(["columns.left_out a, Devise", "columns.in_ids Devise"]);
  });

  it("that are left out still tell the currency", async () => {
    write(SOME, LINE, LINE.replace("EUR", "USD"));
    await add({ drop: ["Devise"] });
    expect(await poll()).toMatchObject({ emitted: 1, rejected: 1 });
    expect(Object.values(await rows())).toEqual([{ a: "x", b: "y", numero_document: "1001" }]);
  });

  it("that are not in the file, or that a column is read from, are refused where they are named", async () => {
    write(SOME, LINE);
    for (const flag of ["drop", "only", "keep"])
      expect(await refusal({ [flag]: ["nothing"] })).toMatch(`source.unknown_field: `);
    expect(await refusal({ drop: ["quantité"] })).toMatch(
      /^source.dropped_column: .*sources add \S+ .*--map 'quantité='$/,
    );
    expect(
      await pipeline.run(Effect.flip(inspectSource(path(), { reading: { drop: ["nothing"] } }))),
    ).toMatchObject({ code: "source.unknown_field" });
    await add({ drop: ["a"] });
    // A later version may lack it.
    write(SOME.replace(",a", ""), LINE.replace(",x", ""));
    expect(await poll()).toMatchObject({ state: "ok" });
  });

  it("of each file of a catalogue are left out, where it has them", async () => {
    write(SOME, LINE);
    writeFileSync(
      join(folder(), "w.csv"),
      "date_vente,id_produit,id_magasin,quantité,b\n2026-02-04,p,m,1,y\n",
    );
    await pipeline.run(
      registerCatalogue(sourceId(folder()), { reading: parseReadingFlags({ drop: ["a", "Devise"] }) }),
    );
    expect((await pipeline.run(readSourcesOnce())).map(({ state, emitted }) => [state, emitted])).toEqual([
      ["ok", 1],
      ["ok", 1],
    ]);
    expect(Object.values(await rows())).toEqual([{ b: "y", numero_document: "1001" }]);
  });
});
