/** docs/analyses.md: what one types there has the output that stands there, and its tables are those of the program. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CHARTS, UNITS } from "../../analyzer/analyses/definition.ts";
import { PLAIN_LIMITS } from "../../analyzer/plain/plain.ts";
import { ventes } from "../../integration-tests/support/in-process.ts";

const DOCUMENT = readFileSync(join(import.meta.dirname, "../../docs/analyses.md"), "utf8");
const outputs = [...DOCUMENT.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text.trim());
/** The cells in code of the table row that begins with this name in code. */
const inRow = (name: string): readonly string[] =>
  [...(DOCUMENT.split("\n").find((line) => line.startsWith(`| \`${name}`)) ?? "").matchAll(/`([^`]+)`/g)].map(
    ([, code = ""]) => code,
  );

let folder: string;
const run = (...args: readonly string[]) => ventes(args, { cwd: folder, env: { VENTES_LANG: "en" } });
interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly columns: readonly string[];
}
const list = async () => JSON.parse((await run("analyses", "--json")).stdout) as readonly Listed[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ventes-analyses-"));
  writeFileSync(join(folder, "produits.csv"), "id_produit,nom\nA,Ail\n");
  writeFileSync(join(folder, "magasins.csv"), "id_magasin,ville\nM,Lyon\n");
  writeFileSync(
    join(folder, "ventes.csv"),
    "id_vente,id_produit,id_magasin,date_vente,quantité,chiffre_affaires,canal\n1,A,M,2026-03-02,2,5,web\n2,A,M,2026-04-02,1,7.5,boutique\n",
  );
  expect(await run("start", "--once", "produits.csv", "magasins.csv", "ventes.csv")).toMatchObject({
    code: 0,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

it("the analysis that it writes gives its result, and one that is wrong the error that it shows", async () => {
  const [, path = "", text = ""] = /^cat > (\S+) <<'END'\n([\s\S]*?)^END$/m.exec(DOCUMENT) ?? [];
  mkdirSync(join(folder, "data/analyses"), { recursive: true });
  writeFileSync(join(folder, path), text);
  expect(await run("analyses", "ventes_par_canal")).toMatchObject({
    code: 0,
    stdout: "boutique|7.5|1\nweb|5.0|1\n",
    stderr: "",
  });
  expect((await list()).find(({ name }) => name === "ventes_par_canal")).toMatchObject({
    kind: "incremental",
  });

  writeFileSync(
    join(folder, "data/analyses/par_canal.sql"),
    text.replace("GROUP BY json_extract(extras, '$.canal')", "GROUP BY canall"),
  );
  expect((await run("analyses")).stderr.replaceAll(`${folder}/`, "").trim()).toBe(outputs[1]);
});

it("its line of JSON is a part of what analyses --json prints", async () => {
  const [first = "", ...others] = (outputs[0] ?? "").split(/ \.\.\. |, \.\.\.$/);
  const line = (await run("analyses", "--json")).stdout.split("\n").find((one) => one.includes(first)) ?? "";
  expect(others.length).toBeGreaterThan(1);
  for (const part of others) expect(line).toContain(part);
});

it("its tables have the units, the charts and the limits, and each analysis of the program with its kind and columns", async () => {
  expect(inRow("-- unite:").slice(1)).toEqual([...UNITS, "nombre"]);
  expect(inRow("-- graphique:").slice(1)).toEqual([...CHARTS, "tableau"]);
  const { ms, rows, memoryBytes } = PLAIN_LIMITS;
  const words = `for at most ${ms / 1000} s, ${rows.toLocaleString("en")} rows and ${memoryBytes / 1024 ** 2} MiB`;
  expect(DOCUMENT.replaceAll(/\s+/g, " ")).toContain(words);

  const section = DOCUMENT.split("## Those of the program")[1]?.split("\n## ")[0] ?? "";
  const told = [...section.matchAll(/^\| (`.*`) \| (incremental|plain) \| (.*) \|$/gm)].flatMap(
    ([, names = "", kind = ""]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, kind]),
  );
  const own = new Set(["ventes_par_canal", "par_canal"]);
  const listed = (await list()).filter(({ name }) => !own.has(name)).map(({ name, kind }) => [name, kind]);
  expect(told.toSorted()).toEqual(listed.toSorted());
});
