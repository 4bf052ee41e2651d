/** Whole files, read with options: their rows, their rejects, and what is refused, as `sources add --dry-run` shows it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Values } from "#shared/contract/event.ts";
import { type Inspection, inspectSource } from "../admin/inspect.ts";
import { openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { parseReadingFlags, type ReadingFlags } from "./reading-flags.ts";

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(() => pipeline.close());

interface Given extends ReadingFlags {
  readonly entities?: readonly EntityName[];
  readonly idScope?: string;
}

let files = 0;
const inspect = ({ entities, idScope, ...flags }: Given, ...lines: readonly string[]) => {
  const path = join(pipeline.dir, `${files++}.csv`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return inspectSource(path, { entities, idScope, reading: parseReadingFlags(flags) });
};
const read = (given: Given, ...lines: readonly string[]): Promise<Inspection> =>
  pipeline.run(inspect(given, ...lines));
const refused = async (given: Given, ...lines: readonly string[]): Promise<string> => {
  const error = await pipeline.run(Effect.flip(inspect(given, ...lines)));
  return error._tag === "SourceError" ? `${error.code}: ${error.sentence}` : String(error);
};

/** What rows of one entity say, without ids that were derived. */
const rowsOf = ({ rows }: Inspection, entity: EntityName): Values[] =>
  rows
    .filter((row) => row.entity === entity)
    .map(({ row, extras }) => {
      const { id_vente, ...rest } = row;
      const own = id_vente == null || id_vente.includes("~") ? {} : { id_vente };
      return { ...own, ...rest, ...extras };
    });
const rejectsOf = ({ rejects }: Inspection) =>
  rejects.map(({ code, count, first }) => `${code} x${count} line ${first.line}`);

const SALES = "date_vente,id_produit,id_magasin,quantité";

describe("the dialect of a file", () => {
  const SHOPS = ["id_magasin;ville;note", "m;Paris;x"];
  const said = ({ notes }: Inspection) =>
    notes.map(({ code, what }) => (what === undefined ? code : `${code} ${what}`));

  it("has the quotes that --quote names, or none", async () => {
    const lines = [...SHOPS, "n;Lyon;'a", 'o;Nice;"b";', "p;Brest;c'"];
    expect(rejectsOf(await read({}, ...lines))).toEqual(["record.wrong_length x1 line 4"]);
    const single = await read({ quote: "single" }, ...SHOPS, "n;Lyon;'a;b'");
    expect(rowsOf(single, "magasins")[1]).toEqual({ id_magasin: "n", ville: "Lyon", note: "a;b" });
    expect(said(single)).toEqual(["quote.single"]);
    const none = await read({ quote: "none" }, ...SHOPS, 'n;Lyon;"a', 'o;Nice"b;c"');
    expect(rowsOf(none, "magasins").map(({ note }) => note)).toEqual(["x", '"a', 'c"']);
    expect(said(none)).toEqual(["quote.none"]);
  });

  it("has the comments that --comment names, or none", async () => {
    const slashes = await read({ comment: "//" }, "// export", ...SHOPS, "// n;Lyon;y", "//");
    expect(rowsOf(slashes, "magasins")).toHaveLength(1);
    expect(said(slashes)).toEqual(["header.preamble 2", "comments.left_out 2"]);
    const lines = ["# export", ...SHOPS, "#1;Lyon;y"];
    expect(said(await read({}, ...lines))).toEqual(["header.preamble 2", "comments.left_out 1"]);
    const none = await read({ comment: "none" }, ...lines);
    expect(rowsOf(none, "magasins")[1]?.id_magasin).toBe("#1");
    expect(said(none)).toEqual(["header.preamble 2"]);
  });

  it("begins behind the lines that --skip-lines leaves out", async () => {
    const lines = ["id_magasin;ville;note", "old;Rennes;y", "", ...SHOPS, "n;Lyon;y"];
    const found = await read({ skipLines: "3" }, ...lines);
    expect(rowsOf(found, "magasins").map(({ id_magasin }) => id_magasin)).toEqual(["m", "n"]);
    expect(found.rows[0]?.line).toBe(5);
    expect(said(found)).toEqual(["lines.skipped 3"]);
  });
});

describe("the columns of a file", () => {
  it("are those that --map names, as published or folded, and none where it names nothing", async () => {
    const found = await read(
      { map: ["id_produit=Code Art.", "quantite=pieces", "chiffre_affaires="] },
      "Date,Code Art.,SKU,Magasin,Pièces,Total",
      "2026-01-01,p,x,m,2,99",
    );
    expect(rowsOf(found, "ventes")).toEqual([
      { date_vente: "2026-01-01", id_produit: "p", id_magasin: "m", quantité: "2", SKU: "x", Total: "99" },
    ]);
  });

  it("may be one value for all, which goes before the file's own", async () => {
    const found = await read(
      { set: ["id_magasin=web", "date_vente=31/12/2025"], dateFormat: "JJ/MM/AAAA" },
      "id_vente,id_produit,id_magasin,quantité",
      "1,p,9,2",
    );
    expect(rowsOf(found, "ventes")).toEqual([
      {
        id_vente: "1",
        date_vente: "2025-12-31",
        id_produit: "p",
        id_magasin: "web",
        quantité: "2",
        "id_magasin (2)": "9",
      },
    ]);
    expect(found.mapping.filter(({ field }) => field.startsWith("="))).toMatchObject([
      { field: "= 2025-12-31", column: "date_vente" },
      { field: "= web", column: "id_magasin" },
    ]);
  });

  it("have the operator's names where the file has none", async () => {
    const found = await read(
      { noHeader: true, columns: "date, produit, magasin, quantité, note", dateFormat: "dmy" },
      "01/02/2026,p,m,2,x",
      "02/02/2026,p,m,1,y",
    );
    expect(found.records).toBe(2);
    expect(rowsOf(found, "ventes")[0]).toEqual({
      date_vente: "2026-02-01",
      id_produit: "p",
      id_magasin: "m",
      quantité: "2",
      note: "x",
    });
  });

  it("that options name must be there", async () => {
    const sale = "2026-01-01,p,m,1";
    expect(await refused({ map: ["id_produit=Code"] }, SALES, sale)).toMatch(
      /^source.unknown_field: .*--map Code: the file has no such column: give one of its own: date_vente, id_produit/,
    );
    expect(await refused({ where: ["État=payé"] }, SALES, sale)).toMatch(
      /^source.unknown_field: .*--where État: the file has no such column: give one of its own: date_vente, id_produit/,
    );
    expect(await refused({ fillDown: ["Commande"] }, SALES, sale)).toMatch(/--fill-down Commande/);
    expect(await refused({ key: "Commande,Ligne" }, SALES, sale)).toMatch(/--key Commande/);
    expect(await refused({ set: ["nom=x"] }, SALES, sale)).toMatch(
      /^source.unknown_column: .*--set nom: there is no such column: give one of these: id_vente, id_produit/,
    );
    expect(await refused({ set: ["quantité=deux"] }, SALES, sale)).toMatch(
      /^source.bad_set: .*quantité=deux/,
    );
  });
});

describe("the records of a file", () => {
  const HEADER = "Commande,État,Date,Produit,Magasin,Quantité";
  it("are those that --where wants, after --fill-down has filled them", async () => {
    const found = await read(
      { where: ["État=payé"], fillDown: ["Commande", "État"], key: "Commande,Produit" },
      HEADER,
      "1,payé,2026-01-01,a,m,1",
      ",,2026-01-01,b,m,2",
      "2,annulé,2026-01-01,a,m,1",
      ",,2026-01-01,c,m,4",
      "3, payé ,2026-01-01,é,m,x",
      ",,2026-01-01,é,m,8",
    );
    expect(found).toMatchObject({ records: 4, skipped: 2 });
    expect(rowsOf(found, "ventes").map((row) => [row.numero_document, row.id_produit, row.quantité])).toEqual(
      [
        ["1", "a", "1"],
        ["1", "b", "2"],
        ["3", "é", "8"],
      ],
    );
    expect(rejectsOf(found)).toEqual(["quantite.not_a_number x1 line 6"]);
  });

  it("of another length are rejects, wanted or not", async () => {
    const found = await read({ where: ["État=payé"] }, HEADER, "1,annulé", "2,annulé,2026-01-01,a,m,1");
    expect(found).toMatchObject({ records: 1, skipped: 1 });
    expect(rejectsOf(found)).toEqual(["record.wrong_length x1 line 2"]);
  });
});

describe("ids", () => {
  const idsOf = ({ rows }: Inspection, column = "id_vente") => rows.map(({ row }) => row[column]);

  it("stay text as published; of them only the empty text is none, and the wrapping of sheets goes", async () => {
    const found = await read(
      {},
      "id_produit,nom",
      "007,a",
      "1E5,b",
      '"=""008""",c',
      "-,d",
      "NA,e",
      "=1+1,f",
      "\u00a0 9 ,g",
      ",h",
    );
    expect(rowsOf(found, "produits").map((row) => row.id_produit)).toEqual(["007", "1E5", "008", "-", "NA"]);
    expect(found).toMatchObject({ records: 8, unwrapped: 1 });
    expect(rejectsOf(found)).toEqual(["id_produit.missing x1 line 9"]);
  });

  it("of several columns are joined by a slash, and no two of them are one", async () => {
    const found = await read(
      { key: "id_vente,Ligne" },
      `id_vente,Ligne,${SALES}`,
      "1,2,2026-01-01,p,m,1",
      "1/2,3,2026-01-01,p,m,1",
      "1,2/3,2026-01-01,p,m,1",
      "1%2F2,3,2026-01-01,p,m,1",
    );
    expect(idsOf(found)).toEqual(["1/2", "1%2F2/3", "1/2%2F3", "1%252F2/3"]);
    const products = await read({ key: "Marque,Réf" }, "Marque,Réf,Prix", "A,1,2.5", ",2,3.5");
    expect(rowsOf(products, "produits")).toEqual([{ id_produit: "A/1", prix: "2.5", Marque: "A" }]);
    expect(rejectsOf(products)).toEqual(["id_produit.missing x1 line 3"]);
  });

  it("of sales are derived from the columns of --key alone, where id_vente is none of them", async () => {
    const header = `Ticket,Ligne,${SALES}`;
    const given = { key: "Ticket,Ligne" };
    const before = await read(given, header, "T1,1,2026-01-01,p,m,1", "T1,2,2026-01-01,p,m,1");
    const after = await read(given, header, "T1,2,2026-01-01,q,m,5", "T1,1,2026-01-01,p,n,9");
    expect(idsOf(after)).toEqual(idsOf(before).reverse());
    expect(new Set(idsOf(after)).size).toBe(2);
    // The number of the ticket is data then.
    expect(rowsOf(before, "ventes")[0]).toMatchObject({ numero_document: "T1", ligne_document: "1" });
  });

  it("of sales do not depend on what a parent says", async () => {
    expect(
      await refused(
        { key: "Nom,Ticket", entities: ["produits", "ventes"] },
        `Ticket,Nom,${SALES}`,
        "T1,Pain,2026-01-01,p,m,1",
      ),
    ).toMatch(
      /^source.unknown_field: .*--key nom: the file has no such column: give one of its own: .*numero_document/,
    );
  });

  it("are whole numbers with --whole-ids, those of documents too; nothing else changes", async () => {
    const line = "12.0,2026-01-01,7.00,3.50,2.0";
    const header = `order_id,${SALES}`;
    const [row] = rowsOf(await read({ wholeIds: true }, header, line), "ventes");
    expect(row).toMatchObject({ numero_document: "12", id_produit: "7", id_magasin: "3.50", quantité: "2" });
    expect(rowsOf(await read({}, header, line), "ventes")[0]).toMatchObject({ id_produit: "7.00" });
    expect(idsOf(await read({ wholeIds: true }, `id_vente,${SALES}`, line))).toEqual(["12"]);
  });

  it("of a source with a scope are kept apart, numbered or derived", async () => {
    const numbered = [`id_vente,${SALES}`, "1,2026-01-01,p,m,1"] as const;
    expect(idsOf(await read({ idScope: "caisse 2" }, ...numbered))).toEqual(["caisse 2/1"]);
    const derived = [SALES, "2026-01-01,p,m,1"] as const;
    const [plain, a, b] = [
      await read({}, ...derived),
      await read({ idScope: "a" }, ...derived),
      await read({ idScope: "b" }, ...derived),
    ].map((found) => idsOf(found)[0]);
    expect(new Set([plain, a, b]).size).toBe(3);
  });

  it("that look the same are kept apart, and reported", async () => {
    const found = await read(
      {},
      "id_produit,nom",
      "A1,a",
      "А1,b",
      "Ａ1,c",
      "A\u200b1,d",
      "A\u00ad1,e",
      "B1,f",
    );
    expect(found.records).toBe(6);
    expect(new Set(idsOf(found, "id_produit")).size).toBe(5);
    expect(found.lookAlikes.count).toBe(4);
    expect(found.lookAlikes.examples[0]).toEqual(["A1", "А1"]);
  });
});

describe("values", () => {
  it("that stand for nothing are empty, of a required column a reject", async () => {
    const header = `id_vente,${SALES},prix`;
    const found = await read(
      {},
      header,
      "1,2026-01-01,p,m,1,NULL",
      "2,2026-01-01,p,m,1,-",
      "3,2026-01-01,p,m,1,#N/A",
      "4,2026-01-01,p,m,1,—",
      "5,2026-01-01,p,m,1,",
      "6,2026-01-01,p,m,N/A,1",
      "7,NULL,p,m,1,1",
    );
    expect(rowsOf(found, "ventes").map((row) => row.prix)).toEqual([null, null, null, null, null]);
    expect(rejectsOf(found).sort()).toEqual(["date_vente.missing x1 line 8", "quantite.missing x1 line 7"]);
  });

  it("of a column are read as the column is, and those of the other kind are rejects that say so", async () => {
    const found = await read(
      {},
      `id_vente,${SALES},prix`,
      "1,2026-01-01,p,m,1,1.5",
      "2,2026-01-01,p,m,-1,2.5",
      '3,2026-01-01,p,m,1,"1,234"',
      '4,2026-01-01,p,m,1,"1,5"',
      "5,2026-01-01,p,m,1,1E5",
    );
    expect(rowsOf(found, "ventes").map((row) => row.prix)).toEqual(["1.5", "2.5", "1234"]);
    expect(found.formats).toEqual({ prix: "point" });
    expect(found.rejects.map(({ first }) => [first.code, first.details])).toEqual([
      ["prix.other_decimal", { value: "1,5", more: "point", column: "prix" }],
      ["prix.scientific", { value: "1E5", column: "prix" }],
    ]);
  });

  it("that nothing decides are refused, and settled by the flag that the sentence names", async () => {
    const lines = ["id_produit,prix", 'p,"1,234"'] as const;
    expect(await refused({}, ...lines)).toMatch(
      /^source.undecided_decimal: .*column prix .*1,234 \(2\).*sources add \S+ --decimal point; or .*sources add \S+ --decimal comma$/,
    );
    expect(rowsOf(await read({ decimal: "comma" }, ...lines), "produits")[0]?.prix).toBe("1.234");
    expect(rowsOf(await read({ decimal: "point" }, ...lines), "produits")[0]?.prix).toBe("1234");
    const dates = ["order_date,product_id,store_id,qty", "03/02/2026,p,m,1"] as const;
    expect(await refused({}, ...dates)).toMatch(/^source.undecided_date: .*order_date.*--date-format/);
    expect(rowsOf(await read({ dateFormat: "M/D/YYYY" }, ...dates), "ventes")[0]?.date_vente).toBe(
      "2026-03-02",
    );
  });
});

describe("a wide file", () => {
  const WIDE = "Ticket,Date,Référence,Nom,Prix,Magasin,Ville,Quantité,Vendeur";
  const LINES = [
    WIDE,
    "T1,2026-01-01,p1,Pain,1.5,m1,Rennes,2,Zoé",
    "T2,2026-01-01,p2,Lait,2.5,m1,Rennes,1,Ali",
  ];
  const all: readonly EntityName[] = ["produits", "magasins", "ventes"];

  it("gives a row of each entity; what a parent takes is no extra of the sale", async () => {
    const found = await read({ entities: all }, ...LINES);
    expect(found.entities).toEqual(all);
    expect(rowsOf(found, "produits")).toEqual([
      { id_produit: "p1", nom: "Pain" },
      { id_produit: "p2", nom: "Lait" },
    ]);
    expect(rowsOf(found, "magasins")[0]).toEqual({ id_magasin: "m1", ville: "Rennes" });
    expect(rowsOf(found, "ventes")[0]).toEqual({
      numero_document: "T1",
      date_vente: "2026-01-01",
      id_produit: "p1",
      id_magasin: "m1",
      quantité: "2",
      prix: "1.5",
      Vendeur: "Zoé",
    });
  });

  it("is told by its header, and is a file of sales where that is said", async () => {
    expect((await read({}, ...LINES)).entities).toEqual(all);
    const found = await read({ entities: ["ventes"] }, ...LINES);
    expect(found.entities).toEqual(["ventes"]);
    expect(rowsOf(found, "ventes")[0]).toMatchObject({ Nom: "Pain", Ville: "Rennes", Vendeur: "Zoé" });
    // What the operator gives is of the entity that it fits.
    const header = "date,ref,shop,qty,Quoi";
    const lines = [header, "2026-01-01,p1,m1,2,Pain"];
    const given = await read({ map: ["nom=Quoi"], set: ["ville=Rennes"] }, ...lines);
    expect(given.entities).toEqual(all);
    expect(rowsOf(given, "magasins")[0]).toEqual({ id_magasin: "m1", ville: "Rennes" });
    expect((await read({ map: ["nom=Quoi"] }, ...lines)).entities).toEqual(["produits", "ventes"]);
  });

  it("is none where a shop has two cities, or a product two names: those are of the customer, and that is said", async () => {
    const found = await read({}, ...LINES, "T3,2026-01-02,p1,Pain,1.5,m1,Brest,1,Ali");
    expect(found.entities).toEqual(["produits", "ventes"]);
    expect(rowsOf(found, "ventes")[0]).toMatchObject({ Ville: "Rennes" });
    expect(found.notes).toContainEqual({
      code: "header.not_wide",
      what: "magasins: Ville",
      more: "m1: Rennes, Brest",
    });
    const names = await read(
      {},
      WIDE,
      "T1,2026-01-01,p1,Pain,1.5,m1,Rennes,2,Zoé",
      "T1,2026-01-01,p1,Anne,1.5,m1,RENNES,2,Zoé",
    );
    expect(names.entities).toEqual(["magasins", "ventes"]);
  });

  it("gives the product the price of the sale with --prices only", async () => {
    const found = await read({ entities: all, prices: true }, ...LINES);
    expect(rowsOf(found, "produits")[0]).toEqual({ id_produit: "p1", nom: "Pain", prix: "1.5" });
    expect(rowsOf(found, "ventes")[0]).toMatchObject({ prix: "1.5" });
  });

  it("may lack the ids of shops: the city and the address are one", async () => {
    const lines = [
      "Date,Référence,Adresse,Ville,Quantité",
      "2026-01-01,p,1 rue X,Rennes,1",
      "2026-01-01,p,,Brest,1",
      "2026-01-01,p,3 rue Y,,1",
    ];
    const found = await read({ entities: ["magasins", "ventes"] }, ...lines);
    expect(rowsOf(found, "magasins")).toEqual([
      { id_magasin: "Rennes, 1 rue X", ville: "Rennes" },
      { id_magasin: "Brest", ville: "Brest" },
    ]);
    expect(rowsOf(found, "ventes")[0]).toEqual({
      date_vente: "2026-01-01",
      id_produit: "p",
      id_magasin: "Rennes, 1 rue X",
      quantité: "1",
    });
    // A record that one entity cannot take is one reject as a whole.
    expect(rejectsOf(found)).toEqual(["ville.missing x1 line 4"]);
  });

  it("has the same ids of its sales whatever its products and shops are called", async () => {
    const header = WIDE.replace("Ticket,", "");
    const sale = (name: string, city: string) => `2026-01-01,p1,${name},1.5,m1,${city},2,Zoé`;
    const one = await read({ entities: all }, header, sale("Pain", "Rennes"));
    const two = await read({ entities: all }, header, sale("Baguette", "Brest"));
    expect(one.rows.at(-1)?.row.id_vente).toMatch(/^2026-01-01~/);
    expect(two.rows.at(-1)?.row.id_vente).toBe(one.rows.at(-1)?.row.id_vente);
  });

  it("takes one column for two, and one value for a parent", async () => {
    const found = await read(
      {
        entities: all,
        map: ["id_produit=Article", "nom=Article"],
        set: ["id_magasin=web", "ville=En ligne"],
      },
      "Date,Article,Quantité",
      "2026-01-01,Pain,2",
    );
    expect(rowsOf(found, "produits")).toEqual([{ id_produit: "Pain", nom: "Pain" }]);
    expect(rowsOf(found, "magasins")).toEqual([{ id_magasin: "web", ville: "En ligne" }]);
    expect(rowsOf(found, "ventes")).toEqual([
      { date_vente: "2026-01-01", id_produit: "Pain", id_magasin: "web", quantité: "2" },
    ]);
  });

  it("that lacks a column of one of its entities is refused, with which", async () => {
    expect(await refused({ entities: all }, SALES, "2026-01-01,p,m,1")).toMatch(
      /^source.no_key_columns: .*missing: magasins \(ville\)/,
    );
    expect(
      await refused({ entities: ["produits", "magasins"], key: "a,b" }, "a,b,ref,nom,magasin,ville", ""),
    ).toMatch(/^source.key_of_several/);
  });
});

it("columns that change places, or come, are the same rows; extras keep what comes", async () => {
  const one = await read({}, SALES, "2026-01-01,p,m,1");
  const two = await read({}, "quantité,id_magasin,id_produit,date_vente", "1,m,p,2026-01-01");
  expect(two.rows[0]?.row).toEqual(one.rows[0]?.row);
  const more = await read({}, `${SALES},vendeur`, "2026-01-01,p,m,1,Zoé");
  expect(more.rows[0]?.extras).toEqual({ vendeur: "Zoé" });
});
