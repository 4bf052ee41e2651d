/** `ventes prices` as a user runs it: alone in its directory, and beside a running start. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory, startVentes } from "../../integration-tests/support/ventes.ts";

const SALES = [
  "date_vente,id_produit,id_magasin,quantité,chiffre_affaires",
  "2026-01-05,P1,M1,2,",
  "2026-02-05,P1,M1,3,",
  "2026-03-05,P1,M1,4,",
  "2026-02-06,P1,M1,1,9",
];

function company() {
  const dir = scratchDirectory();
  const write = (name: string, ...lines: readonly string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  const files = [
    write("p.csv", "id_produit,nom,prix", "P1,Pain,1.50"),
    write("m.csv", "id_magasin,ville", "M1,Lyon"),
    write("v.csv", ...SALES),
  ];
  const run = (...args: string[]) => ventes([...args, "--data", join(dir, "data")]);
  const total = async (): Promise<number> =>
    JSON.parse(
      (await run("query", "SELECT chiffre_affaires AS total FROM chiffre_affaires_total", "--json")).stdout,
    )[0].total;
  return { run, total, files, data: join(dir, "data") };
}

const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("prices", () => {
  it("are corrected where the command says until when, with the money of each reading, and taken back", async () => {
    const { run, files, total } = company();
    expect((await run("start", "--once", ...files)).code).toBe(0);
    const march = ["prices", "set", "P1", "1,20", "--from", "2026-02-01"];
    const [unclear, dry, unknown] = await Promise.all([
      run(...march),
      run(...march, "--until", "2026-02-28", "--dry-run"),
      run("prices", "set", "P9", "1", "--from", "2026-02-01"),
    ]);
    expect(unclear.code).toBe(2);
    expect(plain(unclear.stderr)).toMatch(
      /another price from \d{4}-\d\d-\d\d on \(1,50 €\).*2 sales computed again: 10,50 €; afterwards 8,40 €\): npx ventes prices set P1 1,20 --from 2026-02-01 --until \S+\. On that day.*--onwards/,
    );
    expect(plain(dry.stdout)).toContain("1 sale computed again: 4,50 €; afterwards 3,60 €");
    expect(plain(dry.stdout)).toContain("1 sale of the product has an amount or a price of its own");
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("P9 is not a product")]);
    expect(await total()).toBe(22.5);

    // Nobody runs: the command applies it itself.
    expect((await run(...march, "--until", "2026-02-28")).code).toBe(0);
    const [listed, sources, after] = await Promise.all([
      run("prices", "P1", "--json"),
      run("sources", "--json"),
      total(),
    ]);
    expect(after).toBe(21.6);
    const { prices, other_sales } = JSON.parse(listed.stdout);
    expect(other_sales).toBe(1);
    expect(
      prices
        .slice(0, 3)
        .map((p: Record<string, unknown>) => [p.from, p.price, p.in_force, p.sales, p.revenue, p.source]),
    ).toEqual([
      ["0001-01-01", 1.5, true, 1, 3, "ventes:prix"],
      ["2026-02-01", 1.2, true, 1, 3.6, "ventes:prix"],
      ["2026-03-01", 1.5, true, 1, 6, "ventes:prix"],
    ]);
    expect(JSON.parse(sources.stdout)).toContainEqual(
      expect.objectContaining({ source: "ventes:prix", state: "ok", records: 3 }),
    );
    expect((await run("prices", "remove", "P1")).code).toBe(0);
    expect(await total()).toBe(22.5);
  }, 60_000);

  it("that were set by hand are all taken back, and the dry run tells the money of that", async () => {
    const { run, files, total } = company();
    await run("start", "--once", ...files);
    await run("prices", "set", "P1", "1,20", "--from", "2026-02-01", "--until", "2026-02-28");
    const removal = ["sources", "remove", "ventes:prix", "--withdraw"];
    const dry = plain((await run(...removal, "--dry-run")).stdout);
    expect(dry).toContain("3 price(s) would go, too; 1 sale(s) would be computed with those that stay");
    expect(dry).toContain("total revenue: 21,60 €; afterwards 22,50 €");
    expect(await total()).toBe(21.6);
    await run(...removal);
    await run("start", "--once");
    expect(await total()).toBe(22.5);
  }, 60_000);

  it("are corrected beside a running start", async () => {
    const { run, files, total, data } = company();
    const running = startVentes(["start", ...files, "--data", data]);
    await running.said(/Total revenue/);
    expect((await run("prices", "set", "P1", "3", "--from", "2026-03-01", "--onwards")).code).toBe(0);
    expect(await total()).toBe(28.5);
    await running.stop();
  }, 60_000);
});
