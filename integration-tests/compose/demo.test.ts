/**
 * The demo cluster as it is started with one command: real Kafka, every component a container. The tests are steps
 * of one story, in order: what one leaves behind the next one finds.
 */
import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MISSION_QUERIES } from "../support/answers.ts";
import { type ComposeProject, composeProject } from "../support/compose.ts";
import { describeWith } from "../support/describe-with.ts";
import { until } from "../support/until.ts";
import { scratchDirectory } from "../support/ventes.ts";

const START_MS = 240_000;
const STEP_MS = 120_000;
const WAIT = { within: 90_000, every: 250 };

interface Container {
  readonly Name: string;
  readonly Config: { readonly User: string; readonly Image: string };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Privileged: boolean;
  };
}

describeWith("images", "the demo cluster under Compose", () => {
  let demo: ComposeProject;
  beforeAll(async () => {
    demo = await composeProject({ VENTES_EVERY: "5s" });
    await demo.compose("up", "-d", "--wait");
  }, START_MS);
  afterAll(async () => {
    expect(await demo.down()).toEqual([]);
  }, STEP_MS);

  const total = async () => (await demo.analyses())?.chiffre_affaires_total ?? undefined;
  /** The commit that the page shows goes beyond the one it shows now. */
  const growsAgain = async () => {
    const before = (await demo.analyses())?.commit ?? 0;
    await until("the figures to move", async () => ((await demo.analyses())?.commit ?? 0) > before, WAIT);
  };
  const ids = async (service: string) => (await demo.compose("ps", "-q", service)).trim().split("\n").sort();
  /** `a|b` lines with two decimals: SQLite before 3.43 sums doubles naively. */
  const rounded = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => line.replace(/-?\d+\.\d+$/, (n) => String(Math.round(Number(n) * 100) / 100)))
      .sort();
  /** All in one transaction, for the figures move. */
  const expectRight = async () => {
    const printed = await demo.sql(`
      BEGIN;
      SELECT 'pending', (SELECT IFNULL(MAX(commit_id), 0) FROM commits) > (SELECT commit_id FROM progress);
      ${MISSION_QUERIES.chiffre_affaires_total} SELECT '--';
      ${MISSION_QUERIES.ventes_par_produit} SELECT '--';
      ${MISSION_QUERIES.ventes_par_region} SELECT '--';
      SELECT valeur FROM analyses WHERE nom = 'chiffre_affaires_total'; SELECT '--';
      SELECT cle, valeur FROM analyses WHERE nom = 'ventes_par_produit'; SELECT '--';
      SELECT cle, valeur FROM analyses WHERE nom = 'ventes_par_region';
      COMMIT;`);
    const [pending = "", ...rest] = printed.split("\n");
    if (pending !== "pending|0") return false;
    const parts = rest.join("\n").split("\n--\n").map(rounded);
    expect(parts).toHaveLength(6);
    expect(parts[1]).toHaveLength(8);
    expect(parts.slice(3)).toEqual(parts.slice(0, 3));
    return true;
  };
  const isRight = () => until("a moment without a pending commit", expectRight, WAIT);

  it(
    "ends with figures that grow by themselves, and the mission's queries through database_service equal analyses",
    async () => {
      await until("the demo's sales", async () => ((await total()) ?? 0) > 8_000, WAIT);
      await growsAgain();
      await isRight();
      const asTyped = await demo.compose(
        ...["exec", "-T", "database_service", "sqlite3", "/data/ventes.db"],
        "SELECT SUM(chiffre_affaires) FROM ventes",
      );
      expect(Number(asTyped)).toBeGreaterThan(8_000);
      const runner = await demo.compose("logs", "--no-log-prefix", "script_runner");
      expect(runner).toMatch(/^chiffre_affaires_total\|\|8056\.5$/m);
    },
    STEP_MS,
  );

  it("every container: not root, nothing of its root file system writable, no capability, no new privileges", async () => {
    const all = (await demo.compose("ps", "-a", "-q")).trim().split("\n");
    const containers = JSON.parse(await demo.docker("inspect", ...all)) as readonly Container[];
    expect(containers).toHaveLength(7);
    for (const { Name, Config, HostConfig } of containers) {
      expect(Config.User, Name).toMatch(
        Config.Image.startsWith("apache/kafka") ? /^appuser$/ : /^1000:1000$/,
      );
      expect(HostConfig.ReadonlyRootfs, Name).toBe(true);
      expect(HostConfig.CapDrop, Name).toEqual(["ALL"]);
      expect(HostConfig.CapAdd ?? [], Name).toEqual([]);
      expect(HostConfig.SecurityOpt, Name).toContain("no-new-privileges:true");
      expect(HostConfig.Privileged, Name).toBe(false);
    }
    const published = await demo.docker("ps", "--filter", `name=${demo.name}`, "--format", "{{.Ports}}");
    expect(published).not.toMatch(/0\.0\.0\.0|:::/);
  });

  it("what they keep is for their one user alone, and so are the volumes", async () => {
    for (const service of ["producer", "consumer", "analyzer", "database_service"]) {
      const loose = await demo.compose(
        "exec",
        "-T",
        service,
        "find",
        "/data",
        "-perm",
        "/077",
        "-o",
        "!",
        "-uid",
        "1000",
      );
      expect([service, loose]).toEqual([service, ""]);
    }
    expect(await demo.compose("exec", "-T", "consumer", "find", "/data")).toContain("/data/ventes.db");
    expect(await demo.compose("logs", "producer", "consumer", "analyzer")).not.toMatch(/open to other users/);
  });

  it("database_service only reads, and answers in any of sqlite3's shapes", async () => {
    for (const program of [["ventes-sql"], ["sqlite3", "/data/ventes.db"]])
      await expect(
        demo.compose("exec", "-T", "database_service", ...program, "DELETE FROM ventes"),
      ).rejects.toThrow(/readonly/);
    await expect(
      demo.compose("exec", "-T", "database_service", "ventes-sql", "ATTACH '/tmp/x' AS x"),
    ).rejects.toThrow(/safe|prohibited|authoriz/);
    const query = [
      "exec",
      "-T",
      "database_service",
      "ventes-sql",
      "-json",
      "SELECT COUNT(*) AS n FROM produits",
    ];
    expect(JSON.parse(await demo.compose(...query))).toEqual([{ n: 8 }]);
  });

  it(
    "takes up a source that is added with compose run",
    async () => {
      const url = await demo.publish({
        "marche.csv":
          "id_vente,date_vente,id_produit,id_magasin,quantité\nX1,2026-01-02,P01,M1,1000\nX2,2026-01-02,P01,M1,beaucoup\n",
      });
      const added = await demo.compose(
        "run",
        "--rm",
        "-T",
        "producer",
        "sources",
        "add",
        "ventes",
        `${url}marche.csv`,
      );
      expect(added).toContain("is registered (ventes)");
      await until(
        "its sale",
        async () =>
          (await demo.sql("SELECT chiffre_affaires FROM ventes WHERE id_vente = 'X1'")) === "1200.0",
        WAIT,
      );
      await until(
        "its reject",
        async () =>
          (await demo.sql("SELECT code FROM rejets WHERE source LIKE '%marche.csv'")) ===
          "quantite.not_a_number",
        WAIT,
      );
      await isRight();
    },
    STEP_MS,
  );

  it(
    "consumer and analyzer killed with kill -9: they go on where the database stands",
    async () => {
      await demo.compose("kill", "consumer", "analyzer");
      expect(await demo.analyses()).toBeUndefined();
      // Queries are answered in the meantime.
      expect(Number(await demo.sql("SELECT COUNT(*) FROM ventes"))).toBeGreaterThan(500);
      await demo.compose("up", "-d", "--no-deps", "--wait", "consumer", "analyzer");
      await growsAgain();
      await isRight();
    },
    STEP_MS,
  );

  it(
    "Kafka restarted: it is waited for, and all goes on",
    async () => {
      await demo.compose("restart", "-t", "5", "kafka");
      await growsAgain();
      await isRight();
    },
    STEP_MS,
  );

  it(
    "three consumers share the work; one of them is killed",
    async () => {
      await demo.compose(
        "up",
        "-d",
        "--no-deps",
        "--no-recreate",
        "--scale",
        "consumer=3",
        "--wait",
        "consumer",
      );
      const three = await ids("consumer");
      expect(three).toHaveLength(3);
      await growsAgain();
      await demo.docker("kill", three[0] ?? "");
      await growsAgain();
      await isRight();
    },
    STEP_MS,
  );

  it(
    "a replay repairs nothing, for nothing is wrong",
    async () => {
      const replayed = await demo.compose("exec", "-T", "analyzer", "ventes", "replay");
      expect(replayed).toMatch(/^[1-9]\d* events read, 0 rows repaired$/m);
      await isRight();
    },
    STEP_MS,
  );

  it(
    "after all that, each sale of the file is in the database as the file says, once",
    async () => {
      const fetched = `fetch("http://127.0.0.1:8000/ventes.csv").then((r) => r.text()).then((t) => process.stdout.write(t))`;
      const file = await demo.compose("exec", "-T", "catalogue", "node", "-e", fetched);
      const lines = file
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","));
      // The last sales may be corrected during the test, so the ids of the last lines are left out. V9 are the bad lines.
      const recent = new Set(lines.slice(-60).map(([id]) => id));
      const wanted = new Map(
        lines
          .filter(([id = ""]) => !recent.has(id) && !id.startsWith("V9"))
          .map(([id, , , , quantity]) => [id, quantity]),
      );
      expect(wanted.size).toBeGreaterThan(450);
      const last = [...wanted.keys()].at(-1);
      const isThere = `SELECT COUNT(*) FROM ventes WHERE id_vente = '${last}'`;
      await until("the last of them", async () => (await demo.sql(isThere)) === "1", WAIT);
      const rows = (await demo.sql("SELECT id_vente, quantité FROM ventes"))
        .split("\n")
        .map((row) => row.split("|"));
      expect(new Map(rows.filter(([id]) => wanted.has(id)) as [string, string][])).toEqual(wanted);
    },
    STEP_MS,
  );

  it(
    "for other machines, with a token from a file",
    async () => {
      const file = join(scratchDirectory(), "token.txt");
      writeFileSync(file, "0123456789abcdef\n", { mode: 0o600 });
      chmodSync(dirname(file), 0o755);
      // As compose.token.yaml says; who is no root here is uid 1000 already, or may not give a file away.
      if (process.getuid?.() === 0) chownSync(file, 1000, 1000);
      const files = "-f docker-compose.yml -f compose.token.yaml";
      const up = await demo.shell(
        `TOKEN_FILE=${file} docker compose ${files} up -d --no-deps --wait analyzer`,
      );
      expect(up.code, up.output).toBe(0);
      const status = async (headers: Record<string, string> = {}) =>
        (await fetch(`${demo.page}api/analyses`, { headers })).status;
      expect(await status()).toBe(401);
      expect(await status({ authorization: "Bearer 0123456789abcdef" })).toBe(200);
      expect((await fetch(`${demo.page}healthz`)).status).toBe(200);
      const logs = await demo.compose("logs", "analyzer");
      expect(logs).not.toContain("0123456789abcdef");
      expect(logs).not.toContain("warning: other users may read");
    },
    STEP_MS,
  );

  it(
    "stops within 5 s when it is printed to, the batch finished",
    async () => {
      const services = ["producer", "consumer", "analyzer", "catalogue", "database_service"];
      const running = (await demo.compose("ps", "-q", ...services)).trim().split("\n");
      // Docker kills a container that takes longer: 137. Two of the three consumers still run.
      await demo.compose("stop", "-t", "5", ...services);
      const codes = await demo.docker("inspect", "--format", "{{.State.ExitCode}}", ...running);
      expect(codes.trim().split("\n").sort()).toEqual(["0", "130", "130", "130", "130", "143"]);
    },
    STEP_MS,
  );
});
