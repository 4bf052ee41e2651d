/**
 * A rebuild beside a pipeline that works: a producer publishes, a reader checks every state that it sees, and the rebuild
 * is killed in each of its phases. Before and after it the database is what the topics say (invariant 6).
 */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { countOf, isUpToDate } from "./support/query.ts";
import { until } from "./support/until.ts";
import { expectSuccess, type Options, scratchDirectory, startVentes, ventes } from "./support/ventes.ts";

const SALES = process.env.VENTES_TEST_LONG === "1" ? 1_000_000 : 12_000;
const WAIT = { within: 240_000 };
const AMOUNT = 2_000_000n;

const HEADER = "id_vente,date_vente,id_produit,id_magasin,quantite\n";
const sales = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i},2026-01-0${1 + (i % 9)},P${i % 40},M1,1\n`).join(
    "",
  );

/** A shop, and sales of 2 each. Returns the paths of the files. */
function company(folder: string): { readonly files: readonly string[]; readonly ventes: string } {
  mkdirSync(folder);
  const files = ["produits", "magasins", "ventes"].map((name) => join(folder, `${name}.csv`));
  const [produits = "", magasins = "", ventes = ""] = files;
  const products = Array.from({ length: 40 }, (_, i) => `P${i},p${i},2\n`);
  writeFileSync(produits, `id_produit,nom,prix\n${products.join("")}`);
  writeFileSync(magasins, "id_magasin,ville\nM1,Lyon\n");
  writeFileSync(ventes, HEADER + sales(0, SALES));
  return { files, ventes };
}

/**
 * Reads states of the database, each in one snapshot, until it is stopped. `lie`: how much the amount of one sale is off in
 * the states before the rebuild has written; a state is either wholly so or wholly right, and the number of sales never
 * goes back.
 */
function reader(data: string, lie: bigint) {
  const db = new Database(join(data, "ventes.db"), { readonly: true });
  const counted = db.prepare(`
    SELECT (SELECT COUNT(*) FROM ventes) AS sales, (SELECT SUM(ca_millioniemes) FROM ventes) AS rows,
      (SELECT millioniemes FROM analyses WHERE nom = 'chiffre_affaires_total') AS total,
      (SELECT commit_id FROM progress) AS progress, (SELECT IFNULL(MAX(commit_id), 0) FROM commits) AS newest`);
  counted.safeIntegers(true);
  let seen = 0n;
  let reads = 0;
  let isRight = lie === 0n;
  const wrong: unknown[] = [];
  const read = () => {
    const state = counted.get() as Record<"sales" | "rows" | "total" | "progress" | "newest", bigint>;
    const off = state.rows - state.sales * AMOUNT;
    const isGood =
      state.sales >= seen &&
      (off === 0n || (off === lie && !isRight)) &&
      (state.progress < state.newest || state.total === state.rows);
    if (!isGood) wrong.push(state);
    isRight ||= off === 0n;
    seen = state.sales;
    reads++;
  };
  const timer = setInterval(read, 5);
  return {
    stop: () => {
      clearInterval(timer);
      db.close();
      return { wrong, reads };
    },
  };
}

const differ = (data: string, sql: string): void => {
  const db = new Database(join(data, "ventes.db"), { timeout: 20_000 });
  db.exec(sql);
  db.close();
};

/** Makes one sale wrong, and the analyses with it, as a fault of the program would. */
const LIE = 3_000_000n;
const tell = (data: string): void =>
  differ(
    data,
    `BEGIN IMMEDIATE;
     UPDATE ventes SET ca_millioniemes = ca_millioniemes + ${LIE} WHERE id_vente = '5';
     UPDATE analyses SET millioniemes = millioniemes + ${LIE} WHERE nom = 'chiffre_affaires_total';
     COMMIT`,
  );

/** What a rebuild reports. */
async function rebuilt(data: string, options: Options): Promise<{ readonly counts: unknown }> {
  const args = ["replay", "--rebuild", "--json", "--data", data];
  const ran = await ventes(args, { ...options, timeout: 240_000 });
  expectSuccess(ran);
  return JSON.parse(ran.stdout);
}

/** Runs rebuilds beside the pipeline that fills `data`, while the file of sales grows. */
async function beside(data: string, file: string, options: Options): Promise<void> {
  let published = SALES;
  const growing = setInterval(() => {
    appendFileSync(file, sales(published, published + 5));
    published += 5;
  }, 40);
  try {
    const checking = reader(data, 0n);
    expect(await rebuilt(data, options)).toMatchObject({ counts: {}, commit: null, analyses: [] });
    const calm = checking.stop();
    expect(calm.wrong).toEqual([]);
    expect(calm.reads).toBeGreaterThan(20);

    tell(data);
    const correcting = reader(data, LIE);
    expect((await rebuilt(data, options)).counts).toEqual({ ventes: 1 });
    expect(correcting.stop().wrong).toEqual([]);
  } finally {
    clearInterval(growing);
  }
  await until("all sales", () => countOf(data, "ventes") === published && isUpToDate(data), WAIT);
  expect(published).toBeGreaterThan(SALES);
}

const PHASES = [
  /reading all events into a new database/,
  /checking both files/,
  /comparing the new database/,
  /writing the differences/,
];

describe("a rebuild of an embedded pipeline that works", () => {
  it("is right at every moment, and after a kill in each phase", { timeout: 600_000 }, async () => {
    const folder = scratchDirectory();
    const { files, ventes: file } = company(join(folder, "files"));
    const data = join(folder, "data");
    const pipeline = startVentes(["start", ...files, "--data", data, "--every", "200ms"]);
    await until("the sales", () => countOf(data, "ventes") === SALES && isUpToDate(data), WAIT);
    await beside(data, file, {});

    // A third of the rows: writing them takes a while.
    differ(data, "UPDATE ventes SET ca_millioniemes = 1 WHERE rowid % 3 = 0");
    for (const phase of PHASES) {
      const killed = startVentes(["replay", "--rebuild", "--data", data]);
      await killed.said(phase, 240_000);
      expect((await killed.stop("SIGKILL")).signal).toBe("SIGKILL");
      expect(existsSync(join(data, "rebuild"))).toBe(true);
    }
    const last = await ventes(["replay", "--rebuild", "--data", data], { timeout: 240_000 });
    expectSuccess(last);
    expect(existsSync(join(data, "rebuild"))).toBe(false);
    const whole = await ventes(["replay", "--rebuild", "--dry-run", "--data", data], { timeout: 240_000 });
    expect({ code: whole.code, stdout: whole.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("0 differences"),
    });
    for (let n = 0; n < 3; n++)
      expect((await ventes(["replay", "--data", data], { timeout: 240_000 })).stdout).toContain(
        " 0 rows repaired",
      );
    await pipeline.stop();
  });
});

describeWith("kafka", "a rebuild beside producer, consumer and analyzer", () => {
  const kafka = kafkaOfSuite();

  it("is right at every moment", { timeout: 600_000 }, async () => {
    const folder = scratchDirectory();
    const { files, ventes: file } = company(join(folder, "files"));
    const env = { KAFKA_BROKERS: kafka.brokers, VENTES_NAMESPACE: kafka.namespace(), VENTES_EVERY: "200ms" };
    const produced = join(folder, "producer");
    const data = join(folder, "base");
    for (const one of files)
      expect(await ventes(["sources", "add", one, "--data", produced], { env })).toMatchObject({ code: 0 });
    for (const [name, of] of [
      ["producer", produced],
      ["consumer", data],
      ["analyzer", data],
    ] as const)
      startVentes([name, "--data", of], { env });
    await until("the sales", () => countOf(data, "ventes") === SALES && isUpToDate(data), WAIT);
    await beside(data, file, { env });
  });
});
