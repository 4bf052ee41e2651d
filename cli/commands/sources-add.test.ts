/** The options of `sources add` that fix how a file is read, and how `sources add` and `sources` show them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { flagsOf } from "../../producer/admin/index.ts";
import { howRead, notesOf } from "../output/reading.ts";
import { textsIn } from "../texts/texts.ts";

const WIDE = [
  "Date,Référence,Article,Prix,Boutique,Ville,Quantité",
  '03/02/2026,p1,Pain,"1,50",m1,Rennes,2',
  '14/02/2026,p2,Lait,"1.234,50",m1,Rennes,x',
  '15/02/2026,А1,Sel,"2,50",m1,Rennes,1',
  '15/02/2026,A1,Sel,"2,50",m2,Brest,1',
];

const file = (...lines: readonly string[]): string => {
  const path = join(scratchDirectory(), "v.csv");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
};

describe("sources add", () => {
  it("shows each entity of a wide file, the formats it found, and ids that look the same", async () => {
    const path = file(...WIDE);
    const ran = await ventes([
      "sources",
      "add",
      "produits,magasins,ventes",
      path,
      "--map",
      "nom=Article",
      "--dry-run",
      "--where",
      "Boutique=m1",
    ]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/: produits, magasins, ventes, delimiter ",", 3 rows/);
    expect(ran.stdout).toMatch(/^produits +Article +nom/m);
    expect(ran.stdout).toMatch(/^magasins +Ville +ville/m);
    expect(ran.stdout).toMatch(/^ventes +Date +date_vente +dmy/m);
    expect(ran.stdout).toMatch(/^ventes +Prix +prix +comma/m);
    expect(ran.stdout).toMatch(/2026-02-03 +m1 +p1 +1\.5 +2/);
    expect(ran.stdout).toContain("1 line left out by --where");
    expect(ran.stdout).toMatch(/1 quantite\.not_a_number {2}\(line 3: /);
    const all = await ventes([
      "sources",
      "add",
      "produits,magasins,ventes",
      path,
      "--map",
      "nom=Article",
      "--dry-run",
    ]);
    expect(all.stdout).toContain('different ids that look the same: 1, for example "А1" (U+0410) / "A1"');
    const json = await ventes(["sources", "add", path, "--dry-run", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      entities: ["magasins", "ventes"],
      formats: { Date: "dmy", Prix: "comma" },
    });
  });

  it("keeps the given options, and sources shows them", async () => {
    const data = scratchDirectory();
    const path = file("Jour;Code;Boutique;Pièces", "03/02/2026;p;m;1,234");
    const add = (...more: readonly string[]) => ventes(["sources", "add", path, ...more, "--data", data]);
    const options = ["--map", "id_produit=Code", "--map", "quantite=Pièces", "--date-format", "JJ/MM/AAAA"];
    const undecided = await add(...options);
    expect(undecided).toMatchObject({ code: 1, stdout: "" });
    const again = `npx ventes sources add file://${path} --date-format dmy --map id_produit=Code --map 'quantité=Pièces'`;
    expect(undecided.stderr).toMatch(/column Pièces .* 1,234 \(2\): give one of them: [^\n]+\n$/);
    expect(undecided.stderr).toContain(`: ${again} --decimal point; or ${again} --decimal comma\n`);
    expect((await add(...options, "--decimal", "comma", "--id-scope", "caisse")).code).toBe(0);
    expect((await add("--vanished", "keep")).code).toBe(0);
    const listed = JSON.parse((await ventes(["sources", "--json", "--data", data])).stdout);
    expect(listed).toMatchObject([
      {
        entities: ["ventes"],
        vanished: "keep",
        idScope: "caisse",
        reading: { dateFormat: "dmy", decimal: "comma", map: { id_produit: "Code", quantité: "Pièces" } },
        decisions: null,
      },
    ]);
    expect((await ventes(["start", "--once", "--data", data])).code).toBe(0);
    const [read] = JSON.parse((await ventes(["sources", "--json", "--data", data])).stdout);
    expect(read).toMatchObject({ state: "ok", decisions: { columns: { Jour: "dmy", Pièces: "comma" } } });
  });

  it("says in one line which name of an option the file does not have", async () => {
    const path = file("id_produit,nom", "1,Pain");
    const ran = await ventes(["sources", "add", path, "--where", "État=payé"]);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(
      /^ventes: [^\n]+--where État: the file has no such column: give one of its own: id_produit, nom: .* sources add .* --where 'NAME=payé'\n$/,
    );
  });
});

describe("how a source is read", () => {
  it("is shown as flags that can be typed", () => {
    expect(
      flagsOf({
        preset: "excel-fr",
        delimiter: "\t",
        columns: ["a", "b c"],
        map: { prix: "", nom: "Nom de l'article" },
        set: { ville: "En ligne" },
        where: [{ column: "a", value: "1" }],
        fillDown: ["b c"],
        key: ["a", "b c"],
        prices: true,
      }),
    ).toBe(
      `--preset excel-fr --delimiter tab --no-header --columns 'a,b c' --map prix= --map 'nom=Nom de l'\\''article' ` +
        "--set 'ville=En ligne' --where a=1 --fill-down 'b c' --key 'a,b c' --prices",
    );
  });

  it("is shown as the formats of the last version and the fixed options", () => {
    const registration = {
      v: 1,
      kind: "source",
      source: "s",
      entities: ["ventes"],
      every: null,
      once: false,
      duplicates: "keep",
      registered: "",
    } as const;
    const announced = {
      v: 1,
      kind: "version",
      source: "s",
      producer: "p",
      published: "",
      entities: ["ventes"],
      identity: null,
      header: null,
      open: null,
      day: null,
      counts: null,
      reading: {
        encoding: "windows-1252",
        delimiter: ";",
        quote: '"',
        escape: '"',
        headerLine: 3,
        columns: { Date: "dmy" },
      },
    } as const;
    const { en, fr } = { en: textsIn("en"), fr: textsIn("fr") };
    expect(howRead(registration, null, en)).toBe("");
    expect(howRead({ ...registration, reading: { decimal: "comma" } }, announced, en)).toBe(
      "windows-1252, ';', header on line 3, Date dmy, fixed: --decimal comma",
    );
    expect(
      howRead(registration, { ...announced, reading: { ...announced.reading, headerLine: 0 } }, fr),
    ).toBe("windows-1252, ';', sans en-tête, Date dmy");
  });
});

it("a source has the name that is given, until an empty one takes it away", async () => {
  const path = file("id_magasin,ville", "m1,Rennes");
  const data = scratchDirectory();
  const add = (...more: readonly string[]) => ventes(["sources", "add", path, "--data", data, ...more]);
  const nameShown = async () =>
    JSON.parse((await ventes(["sources", "--json", "--data", data])).stdout)[0].name as string | null;
  await add("--name", " Les magasins ");
  expect(await nameShown()).toBe("Les magasins");
  await add("--every", "5s");
  expect(await nameShown()).toBe("Les magasins");
  for (const bad of ["x".repeat(81), "a\u202eb", "a\tb"])
    expect(await add("--name", bad)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        "a name has at most 80 characters, one of which can be seen, and no control characters",
      ),
    });
  expect(await add("--catalogue", "--name", "x")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--name is for one file"),
  });
  await add("--name", "");
  expect(await nameShown()).toBeNull();
});

it("warns when another source has most sales of a new source, too", async () => {
  const data = join(scratchDirectory(), "data");
  const header = "date_vente,id_produit,id_magasin,quantité,chiffre_affaires";
  const sales = ["2026-01-01,p,m,1,2", "2026-01-02,p,m,1,2", "2026-01-03,p,m,1,2"];
  const products = file("id_produit,nom", "p,Pain");
  const shops = file("id_magasin,ville", "m,Rennes");
  const first = file(header, ...sales);
  expect((await ventes(["start", "--once", "--data", data, products, shops, first])).code).toBe(0);
  const again = await ventes([
    "sources",
    "add",
    file(header, ...sales, "2026-01-04,p,m,1,2"),
    "--data",
    data,
  ]);
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/3 of its first 4 sales are also in file:.*v\.csv: .*--id-scope/),
  });
  const others = await ventes(["sources", "add", file(header, "2026-02-01,p,m,1,2"), "--data", data]);
  expect(others).toMatchObject({ code: 0, stderr: "" });
});

it("notes are in the language of the command; a code that this version does not know is left out", () => {
  const announced = {
    reading: { notes: [{ code: "header.preamble", what: "3" }, { code: "of.tomorrow" }] },
  } as unknown as Parameters<typeof notesOf>[0];
  expect(notesOf(announced, "en")).toEqual(["its header is on line 3: what comes before is left out"]);
  expect(notesOf(announced, "fr")).toEqual(["l'en-tête est à la ligne 3 : ce qui précède est laissé"]);
  expect(notesOf(null, "fr")).toEqual([]);
});
