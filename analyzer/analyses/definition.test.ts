import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { readAnalyses, SHIPPED, stateOfFolder } from "./analyses.ts";
import { isBad, readDefinition } from "./definition.ts";

const read = (text: string, nom = "x") => readDefinition({ nom, fichier: `${nom}.sql`, text, livree: false });

test("the header is read, and comments leave lines and text where they are", () => {
  const found = read(
    "\ufeff-- titre: L'été\n-- title: Summer\n-- a note: it is free\n-- unite: montant, nombre\n-- graphique: courbe\n\nSELECT id_produit, /* not\n this */ SUM(chiffre_affaires), ';--' FROM ventes GROUP BY 1;\n",
  );
  expect(found).toMatchObject({
    titre: { fr: "L'été", en: "Summer" },
    unites: ["montant", "nombre"],
    graphique: "courbe",
    ligne: 7,
  });
  expect(isBad(found) ? "" : found.sql).toContain("';--'");
});

test.each([
  ["SELECT 1 FROM", 1, /incomplete input/],
  ["-- unite: euro\nSELECT 1", 1, /unite "euro": one unit for each value column, of montant, quantité/],
  ["-- titre: x\n-- graphique: camembert\nSELECT 1", 2, /write one of courbe, barres/],
  ["-- titre: x\n\nSELECT 1,\n  FROM ventes", 4, /FROM/],
  ["\nDELETE FROM ventes", 2, /an analysis is a SELECT/],
  ["SELECT 1; SELECT 2", 1, /one SELECT/],
  ["-- nothing\n", null, /the file is empty/],
])("%j is wrong in line %j", (text, ligne, why) => {
  const found = read(text);
  expect(found).toMatchObject({ ligne });
  expect(isBad(found) && found.erreur.en).toMatch(why);
});

test.each([
  ["SELECT MAX(date_vente) FROM ventes", "the function MAX is not a sum"],
  ["SELECT COUNT(DISTINCT id_produit) FROM ventes", "COUNT(DISTINCT)"],
  ["SELECT DISTINCT id_produit FROM ventes", "DISTINCT"],
  [
    "SELECT date_vente, SUM(quantité) FROM ventes GROUP BY id_produit",
    "the column date_vente is neither in GROUP BY nor in a sum",
  ],
  ["SELECT SUM(quantité * 2) FROM ventes", 'the sum of "quantité * 2" is not that of a column'],
  [
    "SELECT SUM(line) FROM ventes",
    "the sum of line: only quantité, chiffre_affaires and prix are kept as integers",
  ],
  ["SELECT COUNT(*) FROM ventes WHERE date_vente > date('now')", "'now' depends on the moment"],
  ["SELECT COUNT(*) FROM ventes WHERE date_vente > date()", "the function DATE is not a sum"],
  ["SELECT COUNT(*) FROM ventes WHERE date_vente > CURRENT_DATE", "CurrentDateLiteral"],
  ["SELECT COUNT(*) FROM ventes WHERE random() > 0", "the function RANDOM is not a sum"],
  ["SELECT COUNT(*) FROM ventes WHERE id_produit IN (SELECT id_produit FROM produits)", "a subquery"],
  ["SELECT COUNT(*) FROM ventes, magasins", "magasins is not joined by id_magasin alone"],
  ["SELECT COUNT(*) FROM ventes NATURAL JOIN magasins", "magasins is not joined by id_magasin alone"],
  [
    "SELECT COUNT(*) FROM ventes JOIN magasins ON ville = 'Paris'",
    "magasins is not joined by id_magasin alone",
  ],
  ["SELECT COUNT(*) FROM ventes a JOIN ventes b USING (id_vente)", "a join with ventes"],
  ["SELECT COUNT(*) FROM produits", "the query starts from produits and not from ventes"],
  ["SELECT SUM(quantité) OVER () FROM ventes", "a window function (OVER)"],
  ["SELECT 1 UNION SELECT 2", "UNION and the like"],
  ["WITH a AS (SELECT 1) SELECT COUNT(*) FROM ventes", "WITH"],
  ["SELECT * FROM ventes", "SELECT *"],
])("%s is plain: %s", (sql, why) => {
  const found = read(sql);
  expect(isBad(found) ? found.erreur : found.raison?.en).toBe(why);
});

test("a comment of any length costs no more than its length", () => {
  const text = `-- titre: ${"a ".repeat(100_000)}x\n/*${" ".repeat(200_000)}*/ SELECT 1 ; ;\n`;
  expect(read(text)).toMatchObject({ sql: "SELECT 1", ligne: 2 });
});

test("a file with one of our names, a bad name or no right to be read is wrong, and the others go on", () => {
  const dir = join(scratchDirectory(), "analyses");
  expect(readAnalyses(dir)).toBe(SHIPPED);
  mkdirSync(dir);
  const before = stateOfFolder(dir);
  writeFileSync(join(dir, "retours.sql"), "SELECT 1");
  writeFileSync(join(dir, "Été.sql"), "SELECT 1");
  writeFileSync(join(dir, "sqlite_mois.sql"), "SELECT 1");
  writeFileSync(join(dir, "bonne.sql"), "SELECT COUNT(*) FROM ventes");
  mkdirSync(join(dir, "dossier.sql"));
  expect(stateOfFolder(dir)).not.toBe(before);
  const own = readAnalyses(dir).slice(SHIPPED.length);
  expect(own.map((one) => [one.nom, isBad(one) ? one.erreur.en : "good"])).toEqual([
    ["bonne", "good"],
    ["dossier", "cannot be read (EISDIR)"],
    ["retours.sql", "retours is an analysis of the program: rename the file"],
    ["sqlite_mois", expect.stringMatching(/reserved to SQLite$/)],
    ["Été", expect.stringMatching(/^rename the file/)],
  ]);
});
