/** The seed's two services, to the letter: script_runner depends on database_service, and they share a .db file. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ComposeProject, composeProject } from "../support/compose.ts";
import { describeWith } from "../support/describe-with.ts";
import { smallCompany } from "../support/missions.ts";

const START_MS = 240_000;
const STEP_MS = 60_000;

describeWith("docker", "docker compose up script_runner", () => {
  let pair: ComposeProject;
  beforeAll(async () => {
    pair = await composeProject();
    await pair.compose("build", "script_runner", "database_service");
  }, START_MS);
  afterAll(async () => {
    expect(await pair.down()).toEqual([]);
  }, STEP_MS);

  const run = () => pair.shell("docker compose up --no-log-prefix script_runner");

  it(
    "starts the two, says hello, and puts the demo's three results into the shared file",
    async () => {
      const ran = await run();
      expect(ran).toMatchObject({ code: 0 });
      expect(ran.output).toMatch(/Bonjour, monde/);
      expect(ran.output).toMatch(/^chiffre_affaires_total\|\|8056\.5$/m);
      expect(ran.output).toMatch(/^ventes_par_produit\|P01\|429$/m);
      expect(ran.output).toMatch(/^ventes_par_region\|Rennes\|2808\.55$/m);
      const services = await pair.compose("ps", "-a", "--format", "{{.Service}} {{.State}} {{.ExitCode}}");
      expect(services.trim().split("\n").sort()).toEqual([
        "database_service running 0",
        "script_runner exited 0",
      ]);
      // As the seed's commands name the file, and where it really is.
      for (const file of ["/data/ventes.db", "/data/script_runner/ventes.db"])
        expect(
          await pair.compose(
            ...["exec", "-T", "database_service", "sqlite3", file],
            "SELECT SUM(chiffre_affaires) FROM ventes",
          ),
        ).toBe("8056.5\n");
      expect(await pair.sql("SELECT COUNT(*) FROM analyses")).toBe("15");
    },
    STEP_MS,
  );

  it(
    "again: only what is new, which is nothing",
    async () => {
      const commit = await pair.sql("SELECT MAX(commit_id) FROM avancement");
      expect(await run()).toMatchObject({ code: 0 });
      expect(await pair.sql("SELECT MAX(commit_id) FROM avancement")).toBe(commit);
    },
    STEP_MS,
  );

  it(
    "a URL that cannot be read: exit 1, saying which",
    async () => {
      const ran = await pair.shell(
        "URL_VENTES=http://nowhere.invalid/v.csv docker compose up --no-log-prefix --exit-code-from script_runner script_runner",
      );
      expect(ran.code).toBe(1);
      expect(ran.output).toContain("http://nowhere.invalid/v.csv cannot be reached");
    },
    STEP_MS,
  );

  it(
    "reads the client's URLs, into a database that holds nothing else",
    async () => {
      await pair.compose("down", "-v", "-t", "1");
      await pair.compose("up", "-d", "--wait", "database_service");
      const base = await pair.publish({
        "produits.csv": smallCompany.produits,
        "magasins.csv": smallCompany.magasins,
        "ventes.csv": smallCompany.ventes,
      });
      const ran = await pair.shell(
        `URL_PRODUITS=${base}produits.csv URL_MAGASINS=${base}magasins.csv URL_VENTES=${base}ventes.csv docker compose up --no-log-prefix script_runner`,
      );
      expect(ran).toMatchObject({ code: 0 });
      const { chiffre_affaires_total, ventes_par_produit, ventes_par_region } = smallCompany.analyses;
      const lines = [
        `chiffre_affaires_total||${chiffre_affaires_total}`,
        ...Object.entries(ventes_par_produit).map(([key, value]) => `ventes_par_produit|${key}|${value}`),
        ...Object.entries(ventes_par_region).map(([key, value]) => `ventes_par_region|${key}|${value}`),
      ];
      expect(
        ran.output
          .split("\n")
          .filter((line) => /^(chiffre|ventes_par)/.test(line))
          .sort(),
      ).toEqual(lines.sort());
      expect(Number(await pair.sql("SELECT SUM(chiffre_affaires) FROM ventes"))).toBeCloseTo(
        chiffre_affaires_total,
        4,
      );
    },
    STEP_MS,
  );
});
