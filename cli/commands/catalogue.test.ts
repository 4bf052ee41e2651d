/** Catalogues through the commands of a user: `sources add --catalogue`, `sources`, `status`, `sources remove`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { publishFiles } from "../../integration-tests/support/published-files.ts";
import { countOf } from "../../integration-tests/support/query.ts";
import { until } from "../../integration-tests/support/until.ts";
import { scratchDirectory, startVentes } from "../../integration-tests/support/ventes.ts";

const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité";
const sales = (id: string) => `${SALES}\n${id},2024-01-01,p,m,1\n`;

const company = async () => {
  const files = await publishFiles({
    "p.csv": "id_produit,nom,prix\np,Pain,2\n",
    "m.csv": "id_magasin,ville\nm,Lyon\n",
    "notes.txt": "x,y\n1,2\n",
    "index.html":
      '<a href="../">up</a><a href="p.csv">p</a><a href="m.csv">m</a><a href="notes.txt">n</a><a href="1.csv">1</a>',
    "1.csv": `${sales("1")}2,hier,p,m,1\n`,
  });
  onTestFinished(files.close);
  return { files, data: scratchDirectory(), page: files.url("index.html") };
};

it("a catalogue is shown, registered, read, accounted for and removed", async () => {
  const { files, data, page } = await company();
  const run = (...args: string[]) => ventes([...args, "--data", data]);

  const shown = await run("sources", "add", "--catalogue", page, "--dry-run");
  expect(shown).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/a catalogue \(html\), 4 files listed/),
  });
  expect(shown.stdout).toMatch(/nothing was written/);
  expect((await run("sources", "--json")).stdout.trim()).toBe("[]");

  expect(await run("sources", "add", "vents", page, "--catalogue")).toMatchObject({ code: 2 });
  expect(await run("sources", "add", "--catalogue", files.url("p.csv"))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/lists no files, but holds produits: add it without --catalogue/),
  });
  expect(await run("sources", "add", "--catalogue", page)).toMatchObject({
    code: 0,
    stdout: `${page} is registered as a catalogue (html): 4 files listed; a producer will follow them, one after the other\n`,
  });

  // Entries that are refused are reported, and do not stop the others.
  const once = await run("start", "--once", "--json");
  expect(once.code).toBe(1);
  expect(once.stderr).toMatch(/a listed file cannot be taken up: .*notes\.txt.*columns found: x, y/);
  expect(JSON.parse(once.stdout)).toMatchObject({ analyses: { chiffre_affaires_total: 2 } });

  const listed = await run("sources");
  expect(listed.stdout).toMatch(
    /^http.*index\.html\|catalogue\|ok\|4\|\|\|\|1\|\|\|\|\|4 listed = 3 taken up \+ 0 followed already \+ 0 removed by you \+ 1 refused$/m,
  );
  expect(listed.stdout).toMatch(/1\.csv\|ventes\|ok\|2\|1\|0\|0\|1\|0\|0\|0\|0\|\|/m);
  const json = JSON.parse((await run("sources", "--json")).stdout) as object[];
  expect(json).toContainEqual(
    expect.objectContaining({
      catalogue: page,
      form: "html",
      listed: 4,
      taken: 3,
      refused: 1,
      refusals: [{ source: files.url("notes.txt"), reason: expect.any(String) }],
    }),
  );
  expect(await run("status")).toMatchObject({ code: 1, stderr: expect.stringMatching(/cannot be taken up/) });

  // The status of the catalogue stays, although another command has read one of its files.
  expect(await run("rejects", "retry")).toMatchObject({
    code: 0,
    stdout: "1 file read again: 0 rows resolved, 1 still rejected\n",
  });
  expect((await run("sources")).stdout).toMatch(/\|catalogue\|ok\|4\|/);

  // A refused entry is left alone once it is removed, and nothing needs a person any more.
  expect(await run("sources", "remove", files.url("notes.txt"))).toMatchObject({ code: 0 });
  expect(await run("start", "--once")).toMatchObject({ code: 0 });
  expect(await run("status")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/index\.html {2}ok {2}3\/4/),
  });

  expect(await run("sources", "remove", page, "--withdraw")).toMatchObject({
    code: 0,
    stdout: `${page} and its 3 files are no longer followed: 4 rows withdrawn\n`,
  });
  // `sources --json` still lists the files that were removed.
  const traces = JSON.parse((await run("sources", "--json")).stdout);
  expect(traces).toHaveLength(3);
  for (const one of traces)
    expect(one).toMatchObject({ state: "removed", withdrawn: { at: expect.any(String) } });
  expect(await run("sources", "remove", page)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/not a registered/),
  });
});

it("a catalogue ends the demo; files that are added to its folder later are in the analyses, each once", async () => {
  const folder = scratchDirectory();
  const data = scratchDirectory();
  const exports = join(folder, "exports");
  mkdirSync(exports);
  const put = (name: string, text: string) => writeFileSync(join(exports, name), text);
  put("p.csv", "id_produit,nom,prix\np,Pain,2\n");
  put("m.csv", "id_magasin,ville\nm,Lyon\n");
  put("1.csv", sales("1"));

  const started = startVentes(["start", "--every", "200ms", "--data", data]);
  await started.said(/this is the demo/);
  expect(await ventes(["sources", "add", "--catalogue", `${exports}/`, "--data", data])).toMatchObject({
    code: 0,
  });
  await started.said(/a source is registered: the demo ends/);
  await until("the first sale", () => countOf(data, "ventes") === 1, { within: 60_000 });
  put("2.csv", sales("2"));
  await until("the second sale", () => countOf(data, "ventes") === 2, { within: 60_000 });
  rmSync(join(exports, "1.csv"));
  const id = pathToFileURL(join(exports, "1.csv")).href;
  const row = async () =>
    (await ventes(["sources", "--data", data])).stdout.split("\n").find((line) => line.startsWith(id));
  await until(
    "the entry to be unlisted",
    async () => /\|unlisted\|.*no longer listed by its catalogue since/.test((await row()) ?? ""),
    {
      within: 60_000,
      every: 200,
    },
  );
  expect(countOf(data, "ventes")).toBe(2);
  expect((await started.stop()).code).toBe(130);
});
