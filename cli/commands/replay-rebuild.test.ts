/** `replay --rebuild` as a user types it. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { scratchDirectory, ventes } from "../../integration-tests/support/ventes.ts";

let dir: string;
const path = (name: string): string => join(dir, name);
const run = (...args: readonly string[]) => ventes(args, { cwd: dir });
const onFile = <A>(file: string, work: (db: Database.Database) => A): A => {
  const db = new Database(path(file));
  try {
    db.pragma("foreign_keys = OFF");
    return work(db);
  } finally {
    db.close();
  }
};
const firstOf = (sql: string) => onFile("data/ventes.db", (db) => db.prepare(sql).pluck().get());

const HEADER = "id_vente,date_vente,id_produit,id_magasin,quantite\n";
const sales = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i},2026-01-0${1 + (i % 9)},P1,M1,1\n`).join("");

beforeEach(async () => {
  dir = scratchDirectory();
  writeFileSync(path("produits.csv"), "id_produit,nom,prix\nP1,a,2\n");
  writeFileSync(path("magasins.csv"), "id_magasin,ville\nM1,Lyon\nM2,Brest\n");
  writeFileSync(path("ventes.csv"), HEADER + sales(0, 200));
  expect(await run("start", "--once", "produits.csv", "magasins.csv", "ventes.csv")).toMatchObject({
    code: 0,
  });
});

describe("replay --rebuild", { timeout: 180_000 }, () => {
  it("says that the database is what the topics say, and leaves nothing behind", async () => {
    const rebuilt = await run("replay", "--rebuild");
    expect(rebuilt.code).toBe(0);
    expect(rebuilt.stdout).toMatch(/^203 events in a new database in .+: produits 1, magasins 2, ventes 200/);
    expect(rebuilt.stdout).toContain("the running database equals the new one: 0 differences");
    expect(rebuilt.stdout).toContain("table analyses: equal to its SQL over all rows");
    expect(rebuilt.stderr).toContain("reading all events into a new database");
    expect(existsSync(path("data/rebuild"))).toBe(false);
  });

  it("lists each difference in a dry run, which writes nothing, and then puts them right in one commit", async () => {
    onFile("data/ventes.db", (db) =>
      db.exec(`UPDATE ventes SET ca_millioniemes = 5000000 WHERE id_vente = '7';
        DELETE FROM ventes WHERE id_vente = '8'; INSERT INTO magasins VALUES ('M9', 'Nantes', '{}', 's', 1, 1)`),
    );
    const dry = await run("replay", "--rebuild", "--dry-run");
    expect(dry.code).toBe(1);
    expect(dry.stdout.split("\n").slice(0, 3)).toEqual([
      "magasins 'M9': not in the topics",
      "ventes '7': ca_millioniemes 5000000 instead of 2000000",
      "ventes '8': missing",
    ]);
    expect(dry.stderr).toContain("3 rows differ: without --dry-run");
    expect(dry.stdout).toContain("table analyses: not compared, because rows differ");
    expect(firstOf("SELECT COUNT(*) FROM ventes")).toBe(199);

    const before = firstOf("SELECT MAX(commit_id) FROM commits") as number;
    const rebuilt = await run("replay", "--rebuild", "--json");
    expect(rebuilt.code).toBe(0);
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({
      events: 203,
      counts: { magasins: 1, ventes: 2 },
      commit: before + 1,
      analyses: [],
    });
    expect(firstOf("SELECT COUNT(*) || '/' || SUM(ca_millioniemes) FROM ventes")).toBe("200/400000000");
    expect(firstOf("SELECT chiffre_affaires FROM chiffre_affaires_total")).toBe(400);
    expect(firstOf("SELECT commit_id FROM progress")).toBe(before + 1);
    expect((await run("replay", "--rebuild", "--dry-run")).code).toBe(0);
  });

  it("in place lists each repaired row with its event", async () => {
    onFile("data/ventes.db", (db) => db.exec("UPDATE magasins SET ville = 'X' WHERE id_magasin = 'M2'"));
    expect((await run("replay", "--topic", "ventes")).stdout).toBe("200 events read, 0 rows repaired\n");
    expect((await run("replay", "--topic", "magasins")).stdout).toMatch(
      /^magasins 'M2': repaired from event \d+ of magasins\/\d\n2 events read, 1 row repaired\n$/,
    );
  });

  it.each([
    [["replay"], "DELETE FROM ventes WHERE id_vente = '8'", "ventes '8': repaired"],
    [
      ["replay", "--rebuild"],
      `DELETE FROM magasins WHERE id_magasin = 'M1'; DELETE FROM ventes WHERE id_vente = '8';
       UPDATE ventes SET source = 'https://u:hun''ter2@h/v.csv?token=hunter3' WHERE id_vente = '7'`,
      "ventes '7': source 'https://***@h/v.csv?token=***' instead of",
    ],
  ] as const)(
    "%j leaves no wrong result where rows were changed by hand, and shows no secret",
    async (command, sql, says) => {
      onFile("data/ventes.db", (db) => db.exec(sql));
      if (command.length > 1)
        expect((await run(...command, "--dry-run", "--json")).stdout).not.toMatch(/ter\d/);
      const done = await run(...command);
      expect(done.code).toBe(0);
      expect(done.stdout).toContain(says);
      expect(firstOf("SELECT COUNT(*) || '/' || SUM(ca_millioniemes) FROM ventes")).toBe("200/400000000");
      expect(firstOf("SELECT chiffre_affaires FROM chiffre_affaires_total")).toBe(400);
      expect(firstOf("SELECT chiffre_affaires FROM ventes_par_region WHERE ville = 'Lyon'")).toBe(400);
      expect(firstOf("SELECT chiffre_affaires FROM chiffre_par_magasin WHERE id_magasin = 'M1'")).toBe(400);
      // It still had the sale under its old row id, besides the new one: it is emptied, and an analyzer makes it anew.
      const states = onFile("data/columns.db", (db) =>
        db.prepare("SELECT COUNT(*) FROM state").pluck().get(),
      );
      expect(states).toBe(0);
    },
  );

  it("corrects results that were wrong, also where no row differs", async () => {
    onFile("data/ventes.db", (db) =>
      db.exec("UPDATE analyses SET millioniemes = 1 WHERE nom = 'ventes_par_region'"),
    );
    const dry = await run("replay", "--rebuild", "--dry-run");
    expect(dry.code).toBe(1);
    expect(dry.stdout).toContain("ventes_par_region 'Lyon': millioniemes 1 instead of 400000000");
    expect((await run("replay", "--rebuild")).stdout).toContain("table analyses: 1 row corrected");
    expect(firstOf("SELECT chiffre_affaires FROM ventes_par_region")).toBe(400);
  });

  it("refuses where the first events are gone, says what would be lost, and deletes it only when told to", async () => {
    appendFileSync(path("ventes.csv"), sales(200, 210));
    await run("start", "--once");
    onFile("data/events.db", (db) =>
      db.exec(`UPDATE partitions SET start_offset = min(10, end_offset)
        WHERE topic = (SELECT topic FROM topics WHERE name = 'ventes.ventes')`),
    );
    const refused = await run("replay", "--rebuild");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    const lost =
      /the topics no longer have 30 events that the database has read; rows from them: ventes (\d+)/.exec(
        refused.stderr,
      );
    expect(refused.stderr).toContain("accept that loss with --accept-loss");
    const dry = await run("replay", "--rebuild", "--dry-run");
    expect(dry.code).toBe(1);
    expect(dry.stdout).toContain("not in the topics");
    expect(firstOf("SELECT COUNT(*) FROM ventes")).toBe(210);
    expect(await run("replay", "--rebuild", "--accept-loss")).toMatchObject({ code: 0 });
    expect(firstOf("SELECT COUNT(*) FROM ventes")).toBe(210 - Number(lost?.[1]));
    expect(Number(lost?.[1])).toBeGreaterThan(20);
    // It says from then on that its figures are short, and the loss is accepted once.
    expect((await run("status")).stderr).toContain("so its figures are short");
    expect(await run("replay", "--rebuild")).toMatchObject({ code: 0 });
  });

  it("clears what a killed one left, and refuses what goes with it alone", async () => {
    mkdirSync(path("data/rebuild"));
    writeFileSync(path("data/rebuild/ventes.db"), "half");
    expect(await run("replay", "--rebuild")).toMatchObject({ code: 0 });
    expect(readdirSync(path("data"))).not.toContain("rebuild");
    for (const [topic, says] of [
      ["magasins", "--topic does not go with --rebuild"],
      ["prix", '--topic is "prix": give one of produits, magasins, ventes, rejets'],
    ] as const) {
      const refused = await run("replay", "--topic", topic, ...(topic === "prix" ? [] : ["--rebuild"]));
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain(says);
    }
    for (const flag of ["--dry-run", "--accept-loss"]) {
      const refused = await run("replay", flag);
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain(`${flag} goes with --rebuild`);
    }
    expect(await run("replay", "--rebuild", "--data", "none")).toMatchObject({ code: 1, stdout: "" });
    expect(existsSync(path("none/rebuild"))).toBe(false);
  });
});
