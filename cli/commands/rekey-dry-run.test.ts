/** `sources add --rekey --dry-run`: the rows and the money that it tells are those that then change. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";

const SALES = "date_vente,id_produit,Code,id_magasin,quantité,montant";

async function company(header: string, ...lines: readonly string[]) {
  const dir = scratchDirectory();
  const data = join(dir, "data");
  const run = (...args: string[]) => ventes([...args, "--data", data]);
  const write = (name: string, ...rows: readonly string[]): string => {
    writeFileSync(join(dir, name), `${rows.join("\n")}\n`);
    return join(dir, name);
  };
  const products = write("p.csv", "id_produit,nom,prix", "P1,Pain,3", "C1,Pain,4");
  const shops = write("m.csv", "id_magasin,ville", "M1,Lyon");
  const file = write("v.csv", header, ...lines);
  expect((await run("start", "--once", products, shops, file)).code).toBe(0);
  const query = async (sql: string) => JSON.parse((await run("query", sql, "--json")).stdout);
  return {
    data,
    file,
    write,
    run,
    rekey: (...more: string[]) => run("sources", "add", file, ...more, "--rekey"),
    dry: async (...more: string[]) =>
      JSON.parse((await run("sources", "add", file, ...more, "--rekey", "--dry-run", "--json")).stdout),
    ids: async (): Promise<readonly string[]> =>
      (await query("SELECT id_vente FROM ventes ORDER BY 1")).map(
        (row: { id_vente: string }) => row.id_vente,
      ),
    total: async (): Promise<number> =>
      (await query("SELECT SUM(chiffre_affaires) AS total FROM ventes"))[0].total,
    registered: async () => JSON.parse((await run("sources", "--json")).stdout),
  };
}
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("sources add --rekey --dry-run", () => {
  it("tells rows and money, writes nothing, and is what then happens", async () => {
    const { file, write, run, rekey, dry, ids, total, registered } = await company(
      SALES,
      "2026-01-01,P1,C1,M1,1,10",
      "2026-01-02,P1,C1,M1,2,20",
      "2026-01-02,P1,X9,M1,1,7",
      "2026-01-03,P1,C1,M1,1,",
    );
    expect(await total()).toBe(40);
    // The first day has rolled off, and the last one has another sale.
    write(
      "v.csv",
      SALES,
      "2026-01-02,P1,C1,M1,2,20",
      "2026-01-02,P1,X9,M1,1,7",
      "2026-01-03,P1,C1,M1,1,",
      "2026-01-03,P1,C1,M1,5,50",
    );
    const [before, were] = [await ids(), await registered()];
    const told = await dry("--map", "id_produit=Code");
    expect(told).toEqual({
      source: expect.stringMatching(/v\.csv$/),
      rekey: {
        deleted: 3,
        fresh: 4,
        changed: 0,
        kept: 1,
        entities: ["ventes"],
        held: [],
        before: { amount: 30, shared: 0, waiting: 0, missing: 0 },
        // The price of C1 is 4. No file has the product X9.
        after: { amount: 74, shared: 0, waiting: 1, unpriced: 0 },
        total: { now: 40, after: 84 },
      },
      dryRun: true,
    });
    const shown = await run("sources", "add", file, "--map", "id_produit=Code", "--rekey", "--dry-run");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(plain(shown.stdout)).toMatch(
      /v\.csv: 3 published sale\(s\) would be deleted, and the file would publish 4 under new ids\n1 sale\(s\) that the file no longer has would stay.*\namount of the sales deleted or changed: 30,00 €; afterwards 74,00 €\n1 of the published sale\(s\) would wait .*\ntotal revenue: 40,00 €; afterwards 84,00 €\nnothing was written \(--dry-run\)\n$/,
    );
    expect(await registered()).toEqual(were);
    expect(await ids()).toEqual(before);
    expect((await rekey("--map", "id_produit=Code")).code).toBe(0);
    await run("start", "--once");
    expect(await total()).toBe(84);
    const after = await ids();
    expect(before.filter((id) => !after.includes(id))).toHaveLength(3);
    expect(after.filter((id) => !before.includes(id))).toHaveLength(3);
    // Nothing is left to do.
    expect((await dry("--map", "id_produit=Code")).rekey).toBeNull();
  });

  it("of ids of the file counts sales under ids that they keep, and those that another source has", async () => {
    const { file, write, run, rekey, dry, total } = await company(
      `id_vente,${SALES}`,
      "1,2026-01-01,P1,A,M1,1,10",
      "2,2026-01-01,P1,B,M1,1,20",
      "A,2026-01-02,P1,A,M1,1,5",
    );
    const other = write(
      "w.csv",
      `id_vente,${SALES}`,
      "B,2026-01-01,P1,B,M1,1,20",
      "9,2026-01-05,P1,B,M1,1,1",
    );
    expect((await run("start", "--once", other)).code).toBe(0);
    expect(await total()).toBe(56);
    write(
      "v.csv",
      `id_vente,${SALES}`,
      "1,2026-01-01,P1,A1,M1,1,10",
      "2,2026-01-01,P1,B,M1,1,20",
      "A,2026-01-02,P1,A,M1,1,6",
    );
    const { rekey: told } = await dry("--map", "id_vente=Code");
    expect(told).toMatchObject({
      deleted: 2,
      fresh: 2,
      changed: 1,
      before: { amount: 35, shared: 0, missing: 0 },
      after: { amount: 16, shared: 1 },
      total: { now: 56, after: 37 },
    });
    expect((await rekey("--map", "id_vente=Code")).code).toBe(0);
    expect((await run("start", "--once")).code).toBe(0);
    expect(await total()).toBe(37);
    expect(file).toMatch(/v\.csv$/);
  });

  it("says that amounts are unknown where there is no database, or the line has none", async () => {
    const { data, dry, file } = await company(SALES, "2026-01-01,P1,C1,M1,1,10", "2026-01-02,P1,C1,M1,1,");
    for (const end of ["", "-wal", "-shm"]) rmSync(join(data, `ventes.db${end}`), { force: true });
    expect((await dry("--id-scope", "b")).rekey).toMatchObject({
      deleted: 2,
      fresh: 2,
      before: null,
      after: { amount: 10, waiting: 0, unpriced: 1 },
      total: null,
    });
    const command = ["sources", "add", file, "--id-scope", "b", "--rekey", "--dry-run", "--data", data];
    const shown = await ventes(command, { env: { VENTES_LANG: "fr" } });
    expect(plain(shown.stdout)).toMatch(
      /inconnu, car il n'y a pas de base.*10,00 €[\s\S]*sans 1 vente\(s\) publiée/,
    );
  });

  it("ends with 1 when the version would be held back", async () => {
    const lines = (quantity: string) =>
      [1, 2, 3, 4].map((n) => `2026-01-0${n},P1,C1,M1,${n < 4 ? quantity : 1},10`);
    const { file, write, run } = await company(SALES, ...lines("1"));
    write("v.csv", SALES, ...lines("x"));
    const shown = await run("sources", "add", file, "--id-scope", "b", "--rekey", "--dry-run");
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain("1 published sale(s) would be deleted");
    expect(shown.stderr).toMatch(/^ventes: this version would be held back, and nothing would change: /);
  });

  it("refuses what --rekey refuses, and shows how a new source would be read", async () => {
    const { file, run, write } = await company(SALES, "01/02/2026,P1,C1,M1,1,10", "13/02/2026,P1,C1,M1,1,10");
    const refused = await run("sources", "add", file, "--date-format", "mdy", "--rekey", "--dry-run");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("--rekey");
    const fresh = write("new.csv", SALES, "2026-01-01,P1,C1,M1,1,10");
    const shown = await run("sources", "add", fresh, "--rekey", "--dry-run");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toMatch(/new\.csv: ventes, delimiter/);
  });
});
