/** `ventes rejects` as a user runs it: filters, output forms, and `rejects retry` after a correction. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { publishFiles } from "../../integration-tests/support/published-files.ts";
import { countOf } from "../../integration-tests/support/query.ts";
import { until } from "../../integration-tests/support/until.ts";
import { scratchDirectory, startVentes } from "../../integration-tests/support/ventes.ts";

const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité";

/** Two files with rejects of three codes; one has an escape, a formula and a line end in its text. */
const withRejects = async () => {
  const [data, folder] = [scratchDirectory(), scratchDirectory()];
  const write = (name: string, ...lines: string[]) => {
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
    return join(folder, name);
  };
  const sales = write(
    "v.csv",
    SALES,
    "1,2024-01-01,p,m,2",
    "2,2024-01-01,p,m,\u001b[31mdeux",
    "=2+5,hier,p,m,1",
    '3,2024-01-01,p,m,"x\ny"',
    "4,2024-01-01,,m,1",
  );
  const products = write("p.csv", "id_produit,nom,prix", "p,Pain,2 $", "q,Tarte,3");
  const shops = write("m.csv", "id_magasin,ville", "m,Lyon");
  const ran = await ventes(["start", "--once", sales, products, shops, "--data", data]);
  // Most lines cannot be read, which is no success.
  expect(ran.code).toBe(1);
  return {
    data,
    sales,
    products,
    ids: { sales: pathToFileURL(sales).href, products: pathToFileURL(products).href },
  };
};

interface Reject {
  readonly code: string;
  readonly source: string;
  readonly line: number;
  readonly raw: string;
}

describe("rejects", () => {
  it("are filtered by code, source and entity, limited, counted, as JSON, CSV and lines", async () => {
    const { data, sales, ids } = await withRejects();
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await ventes(["rejects", ...args, "--data", data]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    };
    const json = async (...args: string[]) => JSON.parse(await run("--json", ...args)) as Reject[];
    const codes = (all: readonly Reject[]) => all.map(({ code }) => code).sort();

    const all = [
      "date_vente.not_a_date",
      "id_produit.missing",
      "prix.wrong_currency",
      "quantite.not_a_number",
      "quantite.not_a_number",
    ];
    expect(codes(await json())).toEqual(all);
    expect(codes(await json("--code", "quantite"))).toEqual(all.slice(3));
    expect(codes(await json("--code", "quantite.not_a_number", "--code", "prix"))).toEqual(all.slice(2));
    // A part of a name is not the beginning of a code.
    expect(await json("--code", "quant")).toEqual([]);
    expect(codes(await json("--source", sales))).toEqual(
      all.filter((code) => code !== "prix.wrong_currency"),
    );
    expect(codes(await json("--source", ids.products, "--entity", "produits"))).toEqual([
      "prix.wrong_currency",
    ]);
    expect(await json("--source", ids.products, "--entity", "ventes")).toEqual([]);
    expect(await json("--limit", "2")).toHaveLength(2);
    expect(JSON.parse(await run("--by-code", "--json", "--entity", "ventes"))).toEqual([
      {
        code: "quantite.not_a_number",
        rows: 2,
        source: ids.sales,
        line: 3,
        raw: "2,2024-01-01,p,m,\u001b[31mdeux",
        details: { value: "\u001b[31mdeux", column: "quantité" },
        sentence: expect.stringContaining("is not a number (column quantité)"),
      },
      {
        code: "date_vente.not_a_date",
        rows: 1,
        source: ids.sales,
        line: 4,
        raw: "=2+5,hier,p,m,1",
        details: { value: "hier", column: "date_vente" },
        sentence: expect.stringMatching(/^"hier" is not a date/),
      },
      {
        code: "id_produit.missing",
        rows: 1,
        source: ids.sales,
        line: 7,
        raw: "4,2024-01-01,,m,1",
        details: { value: "", column: "id_produit" },
        sentence: expect.stringMatching(/^column id_produit is empty/),
      },
    ]);
    // The database was filled in English: each reader makes the sentences in its own language.
    const french = await ventes(["rejects", "--code", "id_produit", "--json", "--data", data], {
      env: { VENTES_LANG: "fr" },
    });
    expect(JSON.parse(french.stdout)).toMatchObject([
      {
        details: { column: "id_produit" },
        sentence: expect.stringMatching(/^la colonne id_produit est vide/),
      },
    ]);

    const lines = await run();
    // One line each, with nothing that moves a terminal.
    expect(lines.trimEnd().split("\n")).toHaveLength(5);
    expect(lines).not.toContain("\u001b");
    expect(lines).toContain("␛[31mdeux");
    const csv = await run("--csv", "--code", "date_vente");
    expect(csv.split("\r\n")[0]).toBe("id,entity,source,version,line,raw,code,details,sentence");
    expect(csv).toContain(`"'=2+5,hier,p,m,1"`);
  });

  it("says what is wrong with a filter", async () => {
    const data = scratchDirectory();
    for (const [args, said] of [
      [["--entity", "clients"], /--entity "clients": give one of produits, magasins, ventes/],
      [["--limit", "many"], /--limit "many"/],
      [["--source", "ftp://x"], /neither a path nor/],
    ] as const)
      expect(await ventes(["rejects", ...args, "--data", data])).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(said),
      });
  });
});

describe("rejects retry", () => {
  it("reads unchanged files again after a correction, and takes the rows that have become readable", async () => {
    const { data, products } = await withRejects();
    const env = { VENTES_DEVISE: "USD" };
    // Unchanged files are not read again, even if the settings have changed.
    await ventes(["start", "--once", "--data", data], { env });
    expect(countOf(data, "rejets")).toBe(5);

    const one = await ventes(["rejects", "retry", "--source", products, "--json", "--data", data], { env });
    expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(one.stdout)).toEqual({ sources: 1, resolved: 1, remaining: 0 });
    expect(countOf(data, "produits")).toBe(2);
    expect(countOf(data, "ventes")).toBe(1);

    const all = await ventes(["rejects", "retry", "--data", data], { env });
    expect(all).toMatchObject({
      code: 0,
      stdout: "1 file read again: 0 rows resolved, 4 still rejected\n",
    });
    const none = await ventes(["rejects", "retry", "--source", products, "--data", data], { env });
    expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining("no rejected row") });
  });

  it("is done by a running start; a source that cannot be read is reported", async () => {
    const { data, products, ids } = await withRejects();
    const started = startVentes(["start", "--every", "1h", "--data", data], {
      env: { VENTES_DEVISE: "USD" },
    });
    await started.said(/The page is at/);
    expect(countOf(data, "rejets")).toBe(5);
    const retried = await ventes(["rejects", "retry", "--json", "--data", data]);
    expect(JSON.parse(retried.stdout)).toEqual({ sources: 2, resolved: 1, remaining: 4 });
    expect(countOf(data, "produits")).toBe(2);

    writeFileSync(products, "");
    const failed = await ventes(["rejects", "retry", "--data", data]);
    // The products have no reject left: only the sales are read again.
    expect(failed).toMatchObject({ code: 0 });
    const sales = ids.sales;
    writeFileSync(new URL(sales), "<html>");
    const html = await ventes(["rejects", "retry", "--data", data]);
    expect(html).toMatchObject({ code: 1, stderr: expect.stringMatching(/HTML page/) });
    expect(countOf(data, "rejets")).toBe(4);
    expect((await started.stop()).code).toBe(130);
  });
});

it("a line that was corrected and published again resolves its reject by itself", async () => {
  const data = scratchDirectory();
  const files = await publishFiles({
    "p.csv": "id_produit,nom,prix\np,Pain,2\n",
    "m.csv": "id_magasin,ville\nm,Lyon\n",
    "v.csv": `${SALES}\n1,2024-01-01,p,m,2\n2,2024-01-01,p,m,deux\n`,
  });
  onTestFinished(files.close);
  const urls = ["p.csv", "m.csv", "v.csv"].map(files.url);
  const started = startVentes(["start", ...urls, "--every", "100ms", "--data", data]);
  await started.said(/The page is at/);
  expect([countOf(data, "ventes"), countOf(data, "rejets")]).toEqual([1, 1]);
  files.publish("v.csv", `${SALES}\n1,2024-01-01,p,m,2\n2,2024-01-01,p,m,2\n`);
  await until("the sale", () => countOf(data, "ventes") === 2 && countOf(data, "rejets") === 0);
  expect((await ventes(["rejects", "--json", "--data", data])).stdout.trim()).toBe("[]");
  await started.stop();
});
