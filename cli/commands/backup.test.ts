/** `backup` and `restore` as a user types them. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { scratchDirectory, startVentes, ventes } from "../../integration-tests/support/ventes.ts";

let dir: string;
const path = (name: string): string => join(dir, name);
const run = (...args: readonly string[]) => ventes(args, { cwd: dir });
const total = async (data: string): Promise<string> =>
  (await run("query", "SELECT * FROM chiffre_affaires_total", "--data", data)).stdout.trim();

const HEADER = "id_vente,date_vente,id_produit,id_magasin,quantite\n";
const sale = (n: number): string => `${n},2026-01-01,P1,M1,1\n`;
const sales = (n: number): string => Array.from({ length: n }, (_, i) => sale(i + 1)).join("");

beforeEach(() => {
  dir = scratchDirectory();
  writeFileSync(path("produits.csv"), "id_produit,nom,prix\nP1,a,2\n");
  writeFileSync(path("magasins.csv"), "id_magasin,ville\nM1,Lyon\n");
  writeFileSync(path("ventes.csv"), HEADER + sales(300));
});
const FILES = ["produits.csv", "magasins.csv", "ventes.csv"];

describe("backup", () => {
  it("is taken while the pipeline writes, and restored it goes on to the same figures", async () => {
    const pipeline = startVentes(["start", ...FILES, "--data", "live", "--every", "200ms"], { cwd: dir });
    await pipeline.said(/page http/);
    for (let n = 1; n <= 3; n++) {
      appendFileSync(path("ventes.csv"), sale(300 + n));
      const made = await run("backup", "backups", "--data", "live", "--keep", "2", "--json");
      if (n === 1 && made.code === 1) continue; // before the first commit there is no database
      expect(made).toMatchObject({ code: 0, stderr: "" });
    }
    appendFileSync(path("ventes.csv"), sales(310).slice(sales(303).length));
    await pipeline.stop();
    const noted = JSON.parse(readFileSync(path("live/backup.json"), "utf8"));
    expect(noted).toMatchObject({ path: expect.stringContaining("backups/"), commit: expect.any(Number) });
    const kept = readdirSync(path("backups"));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(2);
    expect(kept.filter((name) => name.startsWith("."))).toEqual([]);

    const restored = await run("restore", "backups", "--data", "restored");
    expect(restored).toMatchObject({ code: 0, stderr: "" });
    expect(restored.stdout).toContain(`filled from ./backups/${kept.sort().at(-1)}`);
    expect(
      readdirSync(path("restored"))
        .filter((name) => name.endsWith(".db"))
        .sort(),
    ).toEqual(["events.db", "lock.db", "ventes.db"]);
    expect(statSync(path("restored/ventes.db")).mode & 0o777).toBe(0o600);
    expect(await run("start", "--once", "--data", "restored")).toMatchObject({ code: 0 });
    expect(await total("restored")).toBe("620.0");
    expect((await run("replay", "--data", "restored")).stdout).toContain("0 rows repaired");
  });

  it("of a broken database is refused and deleted, and the good ones are kept", async () => {
    await run("start", "--once", ...FILES, "--data", "live");
    expect(await run("backup", "backups", "--data", "live")).toMatchObject({ code: 0 });
    const file = path("live/ventes.db");
    const fd = openSync(file, "r+");
    // Page 1 has the schema; the tables of rows follow it.
    for (let at = 4_096; at < 8 * 4_096; at += 4_096) writeSync(fd, Buffer.alloc(64, 0xff), 0, 64, at);
    const refused = await run("backup", "backups", "--data", "live", "--keep", "1");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/copy of ventes\.db is broken \(.+\), and deleted/);
    expect(readdirSync(path("backups"))).toHaveLength(1);
    expect(await run("restore", "backups", "--data", "restored")).toMatchObject({ code: 0 });
    expect(await total("restored")).toBe("600.0");
  });

  it("whose log ends before its database is refused", async () => {
    await run("start", "--once", ...FILES, "--data", "live");
    copyFileSync(path("live/events.db"), path("older.db"));
    appendFileSync(path("ventes.csv"), sale(301));
    await run("start", "--once", "--data", "live");
    await run("backup", "backups", "--data", "live");
    const [name = ""] = readdirSync(path("backups"));
    copyFileSync(path("older.db"), path(`backups/${name}/events.db`));
    const refused = await run("restore", "backups", "--data", "restored");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("the log has lost events");
    expect(existsSync(path("restored/ventes.db"))).toBe(false);
  });

  it("goes on with --every until it is stopped", async () => {
    await run("start", "--once", ...FILES, "--data", "live");
    const keeper = startVentes(["backup", "backups", "--data", "live", "--every", "100ms", "--keep", "2"], {
      cwd: dir,
    });
    await keeper.said(/1 old one deleted/);
    await keeper.stop();
    expect(readdirSync(path("backups")).filter((name) => !name.startsWith("."))).toHaveLength(2);
  });

  it("refuses what would mix two databases, and says what to do", async () => {
    await run("start", "--once", ...FILES, "--data", "live");
    await run("backup", "backups", "--data", "live");
    const refusals: readonly (readonly [readonly string[], number, string])[] = [
      [["restore", "backups", "--data", "live"], 1, "name another one with --data"],
      [["restore", "produits.csv", "--data", "new"], 1, "there is no backup in ./produits.csv"],
      [["backup", "live", "--data", "live"], 1, "name another one for its backups"],
      [["backup", "backups", "--data", "none"], 1, "there is no"],
      [["backup", "backups", "--data", "live", "--keep", "0"], 2, "give a number of backups"],
    ];
    for (const [args, code, text] of refusals) {
      const refused = await run(...args);
      expect(refused).toMatchObject({ code, stdout: "" });
      expect(refused.stderr).toContain(text);
    }
    expect(existsSync(path("new/ventes.db"))).toBe(false);
  });
});
