/** `start` as a user runs it: the demo and its end, other commands at the same time, queries, Ctrl-C. */
import { randomUUID } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPlain } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { requirement } from "../../integration-tests/support/require.ts";
import { until } from "../../integration-tests/support/until.ts";
import {
  scratchDirectory,
  startVentes,
  ventes as ventesProcess,
} from "../../integration-tests/support/ventes.ts";

const json = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(url)).json()) as Record<string, unknown>;

const company = (sales: readonly string[]) => {
  const folder = scratchDirectory();
  const write = (name: string, lines: readonly string[]) => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  return {
    produits: write("p.csv", ["id_produit,nom,prix", "001,Pain,2.5", "002,=Tarte,4"]),
    magasins: write("m.csv", ["id_magasin,ville", "M1,Lyon", "M2,Saint-Étienne"]),
    ventes: write("v.csv", ["id_vente,date_vente,id_produit,id_magasin,quantité", ...sales]),
  };
};

const SALES = ["V1,2026-01-02,001,M1,3", "V2,2026-01-03,002,M2,1"];

describe("VENTES_SOURCES", () => {
  it("with --once registers and reads the good lines, and exits with 1 for a bad one", async () => {
    const { produits, magasins, ventes: sales } = company(SALES);
    const folder = scratchDirectory();
    const list = join(folder, "sources.csv");
    const lines = ["entity,url", `produits,${produits}`, `magasins,${magasins}`, `ventes,${sales}`];
    const args = ["start", "--once", "--json", "--data", join(folder, "data")];
    writeFileSync(list, lines.join("\n"));
    const whole = await ventes(args, { env: { VENTES_SOURCES: list } });
    expect(whole.code).toBe(0);
    expect(JSON.parse(whole.stdout)).toMatchObject({ analyses: { chiffre_affaires_total: 11.5 }, events: 6 });

    writeFileSync(list, [...lines, "ventes,/nonexistent/v.csv", `clients,${sales}`].join("\n"));
    const worse = await ventes(args, { env: { VENTES_SOURCES: list } });
    expect(worse.code).toBe(1);
    expect(JSON.parse(worse.stdout)).toMatchObject({ analyses: { chiffre_affaires_total: 11.5 }, events: 0 });
    expect(worse.stderr).toContain(`${list}:5: file:///nonexistent/v.csv does not exist`);
    expect(worse.stderr).toContain(`${list}:6: there is no entity "clients"`);
    expect(worse.stderr).toContain("2 line(s) of the file of VENTES_SOURCES");
  });

  it("is followed by start, and no demo runs while its sources cannot be read", async () => {
    const folder = scratchDirectory();
    const shops = join(folder, "m.csv");
    const list = join(folder, "sources.csv");
    writeFileSync(list, "url\nm.csv\n");
    const started = startVentes(["start", "--data", join(folder, "data")], { env: { VENTES_SOURCES: list } });
    const [, page] = await started.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
    await started.said(/sources\.csv:2: .*m\.csv does not exist/);
    expect(await json(`${page}api/sources`)).toMatchObject({ demo: false, sources: [] });
    writeFileSync(shops, "id_magasin,ville\nM1,Lyon\n");
    await started.said(/m\.csv is registered \(magasins\)/);
    await started.said(/m\.csv {2}\(magasins\): 1 row,/);
    expect((await started.stop()).code).toBe(130);
  });
});

describe("a directory that has lost its topics", () => {
  it("is refused, by its file, and never answers with the demo", async () => {
    const { produits, magasins, ventes: sales } = company(SALES);
    const data = scratchDirectory();
    const start = ["start", "--once", "--data", data];
    expect((await ventes([...start, produits, magasins, sales])).code).toBe(0);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(join(data, `events.db${suffix}`), { force: true });
    const says = `${join(data, "events.db")} is missing`;
    for (const args of [start, ["start", "--data", data, "--port", "0"], ["status", "--data", data]]) {
      const ran = await ventes(args);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain(says);
    }
    expect(existsSync(join(data, "demo"))).toBe(false);
    expect((await ventes(["query", "SELECT COUNT(*) FROM ventes", "--data", data])).stdout).toBe("2\n");
  });

  it("is told apart from one whose topics are others", async () => {
    const { magasins } = company(SALES);
    const data = scratchDirectory();
    const start = ["start", "--once", "--data", data];
    expect((await ventes([...start, magasins])).code).toBe(0);
    const other = await ventes([...start, "--namespace", "other"]);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("was filled from another log");
    expect(existsSync(join(data, "demo"))).toBe(false);
  });

  it("of their first events alone says that its figures are short", async () => {
    const { produits, magasins, ventes: sales } = company(SALES);
    const data = scratchDirectory();
    const start = ["start", "--once", "--data", data];
    expect((await ventes([...start, produits, magasins, sales])).code).toBe(0);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(join(data, `ventes.db${suffix}`), { force: true });
    const log = openPlain(join(data, "events.db"));
    log.exec(`UPDATE partitions SET start_offset = end_offset
              WHERE topic = (SELECT topic FROM topics WHERE name = 'ventes.ventes') AND end_offset > 0`);
    log.close();
    const once = await ventes([...start, "--json"]);
    expect(once.code).toBe(1);
    expect(once.stderr).toMatch(/first events of the topics were gone.*ventes\/\d \(\d\)/);
    const { missed } = JSON.parse(once.stdout) as { missed: { events: number }[] };
    // Two sales, and the fences of their source.
    expect(missed.reduce((sum, { events }) => sum + events, 0)).toBe(2 + missed.length);
    const status = await ventes(["status", "--data", data]);
    expect(status.code).toBe(1);
    expect(status.stderr).toContain("so its figures are short");
  });
});

describe("the demo", () => {
  it("prints the sources and the results; the first registered source ends it, on the same page", async () => {
    const data = scratchDirectory();
    const started = startVentes(["start", "--data", data]);
    const [, page] = await started.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
    await started.said(/^Total revenue \(chiffre d'affaires\) {2}8\u202f056,50\u00a0€$/m);
    await started.said(/ventes sources add http/);
    expect(started.stdout()).toContain(join(data, "demo"));
    expect(started.stdout()).toMatch(/\(ventes\): 504 rows, 3 rejected/);
    expect(existsSync(join(data, "ventes.db"))).toBe(false);

    const sales = await ventes(["query", "SELECT COUNT(*) >= 500 FROM ventes", "--data", data]);
    expect(sales).toMatchObject({
      code: 0,
      stdout: "1\n",
      stderr: expect.stringContaining("answers from the demo"),
    });
    const rejects = await ventes(["rejects", "--json", "--data", data]);
    expect((JSON.parse(rejects.stdout) as { code: string }[]).map(({ code }) => code).toSorted()).toEqual([
      "date_vente.not_a_date",
      "id_produit.missing",
      "quantite.not_a_number",
    ]);
    expect(await json(`${page}api/sources`)).toMatchObject({ demo: true });

    const { magasins } = company(SALES);
    const added = await ventes(["sources", "add", magasins, "--data", data]);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    await started.said(/a source is registered: the demo ends/);
    await until("the page to show the source", async () => {
      const { demo, sources } = await json(`${page}api/sources`);
      return demo === false && (sources as { state: string }[]).some(({ state }) => state === "ok");
    });
    // "ok" says that its rows are in the topics. The consumer writes them into the database a moment later.
    const rows = "SELECT (SELECT COUNT(*) FROM magasins), (SELECT COUNT(*) FROM ventes)";
    await until("its rows", async () => {
      const { stdout, stderr } = await ventes(["query", rows, "--data", data]);
      return stdout === "2|0\n" && stderr === "";
    });
    expect(await started.stop("SIGINT")).toMatchObject({ code: 130 });
  });

  it("with --once prints one line for each result, and writes nothing to DIR/ventes.db", async () => {
    const data = scratchDirectory();
    const ran = await ventesProcess(["start", "--once", "--data", data]);
    expect(ran.code).toBe(0);
    expect(ran.stdout.split("\n").slice(0, 2)).toEqual([
      "chiffre_affaires_total||8056.5",
      "ventes_par_produit|P01|429",
    ]);
    expect(ran.stderr).toMatch(/3 rows rejected/);
    expect(existsSync(join(data, "ventes.db"))).toBe(false);
  });
});

describe("while a start runs", () => {
  it("sources are added and removed, status and replay answer; it ends within 5 s", async () => {
    const data = scratchDirectory();
    const files = company(SALES);
    const started = startVentes(["start", files.produits, "--data", data, "--every", "200ms"]);
    await started.said(/the sources are being followed/i);
    const total = async () =>
      (await ventes(["query", "SELECT SUM(chiffre_affaires) FROM ventes", "--data", data])).stdout;
    for (const path of [files.magasins, files.ventes])
      expect(await ventes(["sources", "add", path, "--data", data])).toMatchObject({ code: 0, stderr: "" });
    await until("the sales", async () => (await total()) === "11.5\n");
    await started.said(/v\.csv {2}\(ventes\): 2 rows, 0 rejected/);

    writeFileSync(
      files.ventes,
      `${["id_vente,date_vente,id_produit,id_magasin,quantité", ...SALES, "V3,2026-01-04,1,M1,2"].join("\n")}\n`,
    );
    const waiting = await until("the sale that waits", async () => {
      const { stdout } = await ventes(["status", "--data", data]);
      return /1 sale waits .*/.exec(stdout)?.[0];
    });
    expect(waiting).toBe("1 sale waits for 1 product; nearest known: '001' for '1'");

    const status = await until("the state of the three", async () => {
      const { stdout, code } = await ventes(["status", "--json", "--data", data]);
      const found = JSON.parse(stdout) as { components: { state: string }[] };
      return found.components.length === 3 && { ...found, code };
    });
    // 1 is 001 without its zeros: a total without that sale needs attention.
    expect(status).toMatchObject({ ok: false, code: 1, running: "start", database: { lag: 0, orphans: 1 } });

    const replay = await ventes(["replay", "--data", data]);
    expect(replay).toMatchObject({ code: 0, stdout: "7 events read, 0 rows repaired\n" });

    const removed = await ventes(["sources", "remove", files.ventes, "--withdraw", "--data", data]);
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("3 rows withdrawn") });
    await until("the sales to go", async () => (await total()) === "\n");
    const listed = await ventes(["sources", "--data", data]);
    expect(listed.stdout.split("\n").map((line) => line.split("|")[1])).toEqual([
      "produits",
      "magasins",
      undefined,
    ]);

    const from = performance.now();
    expect(await started.stop("SIGTERM")).toMatchObject({ code: 130 });
    expect(performance.now() - from).toBeLessThan(5_000);
    const after = await ventes(["status", "--json", "--data", data]);
    expect(after.code).toBe(0);
    expect(JSON.parse(after.stdout)).toMatchObject({
      running: "nobody",
      components: [{ state: "stopped" }, { state: "stopped" }, { state: "stopped" }],
    });
  });

  it("sources shows the next poll of each; once the producer is stopped, status reports sources without a producer", async () => {
    const data = scratchDirectory();
    const files = company(SALES);
    const sources = async (): Promise<{ next: string | null; producer: string | null; polled: string }[]> =>
      JSON.parse((await ventes(["sources", "--json", "--data", data])).stdout);
    const started = startVentes(["start", files.produits, "--data", data, "--every", "1h"]);
    await started.said(/the sources are being followed/i);
    const [followed] = await until("the time of its next look", async () => {
      const all = await sources();
      return typeof all[0]?.next === "string" && all;
    });
    expect(Date.parse(followed?.next ?? "") - Date.parse(followed?.polled ?? "")).toBeGreaterThan(3_000_000);
    expect(followed?.producer).toContain(data);
    expect((await ventes(["status", "--data", data])).stdout).not.toMatch(/without a producer/);
    await started.stop("SIGKILL");
    expect(await sources()).toMatchObject([{ state: "ok", next: null, producer: null }]);
    const status = await ventes(["status", "--data", data]);
    expect(status.stdout).toMatch(/sources without a producer since \d{4}-[^\n]*: 1$/m);
    const json = JSON.parse((await ventes(["status", "--json", "--data", data])).stdout);
    expect(json.stale).toMatchObject([{ sources: 1, at: expect.any(String) }]);
  });

  it("a source that disappears is parked: status reports it, with exit code 1", async () => {
    const data = scratchDirectory();
    const { rmSync } = await import("node:fs");
    const files = company(SALES);
    const started = startVentes(["start", files.produits, "--data", data, "--every", "200ms"]);
    await started.said(/the sources are being followed/i);
    rmSync(files.produits);
    await started.said(/does not exist/);
    const status = await until("the parked source", async () => {
      const ran = await ventes(["status", "--data", data]);
      return ran.code === 1 && ran;
    });
    expect(status.stderr).toMatch(/^ventes: source parked: [^\n]+does not exist[^\n]*\n$/);
    await started.stop();
  });
});

describe("query", () => {
  it("prints as sqlite3 does in a pipe; CSV with a header; JSON in the digits of SQL", async () => {
    const data = scratchDirectory();
    const files = company(SALES);
    const sources = Object.entries(files).flatMap(([entity, path]) => ["--source", `${entity}=${path}`]);
    expect((await ventes(["start", "--once", "--data", data, ...sources])).code).toBe(0);
    const sql = "SELECT id_produit, nom, prix, 0.1 + 0.2, 3, NULL FROM produits ORDER BY 1";
    const query = async (...args: string[]) => (await ventes(["query", sql, "--data", data, ...args])).stdout;
    expect(await query()).toBe("001|Pain|2.5|0.3|3|\n002|=Tarte|4.0|0.3|3|\n");
    expect(await query("--csv")).toBe(
      "id_produit,nom,prix,0.1 + 0.2,3,NULL\r\n001,Pain,2.5,0.3,3,\r\n002,'=Tarte,4.0,0.3,3,\r\n",
    );
    expect(await query("--json")).toBe(
      '[{"id_produit":"001","nom":"Pain","prix":2.5,"0.1 + 0.2":0.3,"3":3,"NULL":null},\n' +
        '{"id_produit":"002","nom":"=Tarte","prix":4.0,"0.1 + 0.2":0.3,"3":3,"NULL":null}]\n',
    );
    const piped = await ventesProcess(["query", "-", "--data", data], {
      input: "SELECT 'a;b'; -- two\nSELECT SUM(quantité) FROM ventes;\n",
    });
    expect(piped.stdout).toBe("a;b\n4\n");
    if (!requirement("sqlite3").present) return;
    const { askSqlite3 } = await import("../../integration-tests/support/answers.ts");
    expect((await query()).trim()).toBe(await askSqlite3(data, sql));
  });
});

describe("the output of --once", () => {
  it("has the documented JSON shape", async () => {
    const data = scratchDirectory();
    const files = company([...SALES, "V9,2026-02-30,001,M1,1"]);
    const ran = await ventes(["start", "--once", "--json", "--data", data, ...Object.values(files)]);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({
      analyses: {
        chiffre_affaires_total: 11.5,
        ventes_par_produit: { "001": 3, "002": 1 },
        ventes_par_region: { Lyon: 7.5, "Saint-Étienne": 4 },
      },
      commit: expect.any(Number),
      events: 7,
      changed: expect.any(Number),
      rejects: 1,
      orphans: 0,
      missed: [],
      noticed: { names: [], prices: null },
      sources: [
        [files.produits, "produits", 2, 0],
        [files.magasins, "magasins", 2, 0],
        [files.ventes, "ventes", 3, 1],
      ].map(([path, entity, records, rejected]) => ({
        source: `file://${path}`,
        entities: [entity],
        state: "ok",
        records,
        emitted: Number(records) - Number(rejected),
        unchanged: 0,
        superseded: 0,
        rejected,
      })),
    });
  });

  it("is right even after somebody changed the analyses: the audit corrects them first, and reports it", async () => {
    const data = scratchDirectory();
    const args = ["start", "--once", "--data", data];
    const first = await ventes([...args, ...Object.values(company(SALES))]);
    const db = openVentes(data, randomUUID());
    db.exec("UPDATE analyses SET millioniemes = 1 WHERE cle = 'Lyon'");
    db.close();
    const again = await ventes(args);
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toContain("1 result did not agree with the rows of the database: corrected");
  });
});

describe("a dry run", () => {
  it("shows entity, dialect, mapping, rows and rejects, and writes nothing", async () => {
    const data = join(scratchDirectory(), "none");
    const folder = scratchDirectory();
    const path = join(folder, "v.csv");
    writeFileSync(
      path,
      "Date;ID Référence produit;Quantité;ID Magasin;Caisse\n02/01/2026;P1;2;M1;A\n03/01/2026;P1;x;M1;B\n",
    );
    const ran = await ventes(["sources", "add", path, "--dry-run", "--data", data]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/: ventes, delimiter ";", 2 rows/);
    expect(ran.stdout).toMatch(/Quantité +quantité/);
    expect(ran.stdout).toMatch(/Caisse +extras: Caisse/);
    expect(ran.stdout).toMatch(/2026-01-02/);
    expect(ran.stdout).toMatch(/1 quantite\.not_a_number {2}\(line 3: 03\/01\/2026;P1;x;M1;B\)/);
    expect(existsSync(data)).toBe(false);
  });
});
