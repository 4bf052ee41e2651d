/** `analyses`, and `query --save`, as a user types them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";

it("lists the analyses, prints each, and takes files that come, change and go", async () => {
  const folder = scratchDirectory();
  const data = join(folder, "data");
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const files = [
    file("produits.csv", "id_produit,nom\nA,Ail\nB,Beurre\n"),
    file("magasins.csv", "id_magasin,ville\nM,Lyon\n"),
    file(
      "ventes.csv",
      "id_vente,id_produit,id_magasin,date_vente,quantité,chiffre_affaires\n1,A,M,2026-03-02,2,5\n2,B,M,2026-04-02,1,7.5\n",
    ),
  ];
  const run = (...args: readonly string[]) =>
    ventes([...args, "--data", data], { env: { VENTES_LANG: "en" } });
  expect(await run("start", "--once", ...files)).toMatchObject({ code: 0 });

  expect(await run("analyses", "ventes_par_mois")).toMatchObject({
    code: 0,
    stdout: "2026-03|5.0|2|1\n2026-04|7.5|1|1\n",
    stderr: "",
  });
  expect((await run("analyses", "ventes_par_mois", "--csv")).stdout).toContain(
    "mois,chiffre_affaires,quantité,ventes\r\n2026-03,5.0,2,1\r\n",
  );
  const compared = await run("analyses", "mois_compares", "--json");
  expect(JSON.parse(compared.stdout)[0]).toMatchObject({
    mois: "2026-04",
    mois_avant: 5,
    contre_mois_avant: 50,
  });
  const list = JSON.parse((await run("analyses", "--json")).stdout) as {
    name: string;
    kind: string;
    error: unknown;
  }[];
  expect(list.filter(({ error }) => error !== null)).toEqual([]);
  expect(list.find(({ name }) => name === "parts_des_villes")).toMatchObject({ kind: "plain" });
  expect((await run("analyses", "rien")).stderr).toContain("no analysis is named rien: see ");

  const saved = await run(
    "query",
    "--save",
    "cher",
    "SELECT id_vente FROM ventes WHERE chiffre_affaires > 6;",
  );
  expect(saved).toMatchObject({ code: 0, stdout: "2\n" });
  const path = join(data, "analyses", "cher.sql");
  expect(readFileSync(path, "utf8")).toContain("SELECT id_vente FROM ventes WHERE chiffre_affaires > 6;\n");
  expect((await run("analyses", "cher")).stdout).toBe("2\n");
  expect(await run("query", "--save", "cher", "SELECT 1")).toMatchObject({ code: 1 });
  const refused = await run("query", "--save", "Cher", "SELECT 1");
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain("rename the file");
  expect(existsSync(join(data, "analyses", "Cher.sql"))).toBe(false);

  // A replay keeps one's own analyses and their views.
  expect(await run("replay")).toMatchObject({ code: 0 });
  expect((await run("query", "SELECT * FROM cher")).stdout).toBe("2\n");

  writeFileSync(path, "-- title: x\nSELECT id_vent FROM ventes");
  expect((await run("analyses")).stderr).toContain(`${path}:2: no such column: id_vent`);
  expect(await run("analyses", "cher")).toMatchObject({ code: 1 });
  const other = scratchDirectory();
  expect((await run("analyses", "cher", "--analyses", other)).stderr).toContain("no analysis is named cher");
});
