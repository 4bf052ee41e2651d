/** The two services of the brief: script_runner depends on database_service, and they share a .db file. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { BRIEF_COMMANDS, BRIEF_FILES, BRIEF_SAYS, isForDocker } from "../support/brief-table.ts";
import { type ComposeProject, composeProject } from "../support/compose.ts";
import { describeWith } from "../support/describe-with.ts";
import { smallCompany } from "../support/missions.ts";

const START_MS = 240_000;
const STEP_MS = 120_000;

describeWith("images", "docker compose up script_runner", () => {
  let pair: ComposeProject;
  beforeAll(async () => {
    pair = await composeProject();
  }, START_MS);
  afterAll(async () => {
    expect(await pair.down()).toEqual([]);
  }, STEP_MS);

  const run = () => pair.shell("docker compose up --no-log-prefix script_runner");

  it(
    "starts the two, says hello, and puts the demo's three results into the shared file",
    async () => {
      const ran = await run();
      expect(ran.code, ran.output).toBe(0);
      expect(ran.output).toMatch(/Bonjour, monde/);
      expect(ran.output).toMatch(/^chiffre_affaires_total\|\|8056\.5$/m);
      expect(ran.output).toMatch(/^ventes_par_produit\|P01\|429$/m);
      expect(ran.output).toMatch(/^ventes_par_region\|Rennes\|2808\.55$/m);
      const services = await pair.compose("ps", "-a", "--format", "{{.Service}} {{.State}} {{.ExitCode}}");
      expect(services.trim().split("\n").sort()).toEqual([
        "database_service running 0",
        "script_runner exited 0",
      ]);
      // The file by the path in the commands of the brief, and by its real path.
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
      const commit = await pair.sql("SELECT MAX(commit_id) FROM progress");
      const again = await run();
      expect(again.code, again.output).toBe(0);
      expect(await pair.sql("SELECT MAX(commit_id) FROM progress")).toBe(commit);
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
    "the brief's table, typed in order: on the client's URLs, into a database that holds nothing else",
    async () => {
      await pair.compose("down", "-v", "-t", "1");
      await pair.compose("up", "-d", "--wait", "database_service");
      const base = await pair.publish(BRIEF_FILES);
      const urls = ["produits", "magasins", "ventes"].map(
        (name) => `URL_${name.toUpperCase()}=${base}${name}.csv`,
      );
      for (const command of BRIEF_COMMANDS.filter(isForDocker)) {
        const ran = await pair.shell(`export ${urls.join(" ")}; ${command}`);
        expect(ran.code, `${command}\n${ran.output}`).toBe(0);
        expect(ran.output, command).toMatch(BRIEF_SAYS.get(command) ?? /^$/);
      }
      const { ventes_par_produit, ventes_par_region } = smallCompany.analyses;
      const rows = await pair.sql("SELECT cle, valeur FROM analyses WHERE nom <> 'chiffre_affaires_total'");
      expect(rows.split("\n").sort()).toEqual(
        [...Object.entries(ventes_par_produit), ...Object.entries(ventes_par_region)]
          .map(([key, value]) => `${key}|${value}`)
          .sort(),
      );
    },
    STEP_MS,
  );
});
