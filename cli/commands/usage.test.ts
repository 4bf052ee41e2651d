/** Wrong usage: exit code 2, one line on stderr with the error and where the help is, nothing on stdout. And the help. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory, ventes as ventesProcess } from "../../integration-tests/support/ventes.ts";
import { COMMAND_HELP } from "../texts/help.ts";

interface Case {
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  { args: ["strat"], says: /unknown command "strat"; did you mean start\? \(help: ventes --help\)/ },
  { args: ["rebuild"], says: /unknown command "rebuild"/ },
  {
    args: ["start", "--onec"],
    says: /unknown flag --onec; did you mean --once\? \(help: ventes start --help\)/,
  },
  { args: ["start", "--catalogue", "x"], says: /unknown flag --catalogue/ },
  { args: ["replay", "--repair"], says: /unknown flag --repair/ },
  { args: ["rejects", "again"], says: /again/ },
  { args: ["prices", "set", "P1", "cheap", "--from", "2026-02-01"], says: /PRICE "cheap": give an amount/ },
  { args: ["prices", "set", "P1", "1", "--from", "2026-02-30"], says: /--from "2026-02-30": give a day/ },
  {
    args: ["prices", "set", "P1", "1", "--from", "2026-02-02", "--until", "2026-02-01"],
    says: /--until 2026-02-01 is before --from 2026-02-02/,
  },
  { args: ["sources", "remove", "ventes:prix"], says: /followed nowhere.*--withdraw/ },
  { args: ["rejects", "retry", "--timeout", "soon"], says: /--timeout is "soon"/ },
  {
    args: ["sources", "add", "vents", "list.txt", "--catalogue"],
    says: /no entity "vents": give one of these: produits/,
  },
  { args: ["sources", "ad", "x.csv"], says: /unknown command "ad"; did you mean add\?/ },
  { args: ["sources", "add"], says: /FILE_OR_URL is missing/ },
  { args: ["sources", "add", "a", "b", "c"], says: /ventes: .+\(help: ventes sources add --help\)/ },
  { args: ["sources", "add", "clients", "x.csv"], says: /"clients".*produits, magasins, ventes/ },
  { args: ["sources", "add", "x.csv", "--duplicates", "maybe"], says: /--duplicates "maybe".*keep.*drop/ },
  { args: ["sources", "add", "x.csv", "--decimal", "dot"], says: /--decimal "dot": give point comma auto/ },
  { args: ["sources", "add", "x.csv", "--delimiter", "x"], says: /--delimiter "x": give , ; \| tab auto/ },
  { args: ["sources", "add", "x.csv", "--date-format", "ydm"], says: /--date-format "ydm": give dmy/ },
  { args: ["sources", "add", "x.csv", "--encoding", "klingon"], says: /--encoding "klingon": give utf-8/ },
  { args: ["sources", "add", "x.csv", "--no-header"], says: /--no-header "": give --columns a,b,c/ },
  { args: ["sources", "add", "x.csv", "--map", "x=y"], says: /--map "x": give id_produit, nom/ },
  {
    args: ["sources", "add", "x.csv", "--set", "id_magasin"],
    says: /--set "id_magasin": give id_magasin=web/,
  },
  {
    args: ["sources", "add", "x.csv", "--preset", "excel"],
    says: /no preset "excel": give one of these: google-sheets/,
  },
  { args: ["sources", "add", "x.csv", "--vanished", "maybe"], says: /--vanished "maybe".*keep.*withdraw/ },
  { args: ["sources", "add", "produits,clients", "x.csv"], says: /"clients".*produits, magasins, ventes/ },
  { args: ["start", "--source", "clients=x.csv"], says: /"clients".*produits, magasins, ventes/ },
  { args: ["sources", "remove"], says: /give the address of a source, or --invalid/ },
  { args: ["sources", "remove", "x.csv", "--invalid"], says: /or --invalid without an address/ },
  { args: ["sources", "remove", "--invalid", "--withdraw"], says: /and without --withdraw/ },
  { args: ["status", "--data"], says: /--data needs a value/ },
  { args: ["hello", "extra"], says: /one argument too many: "extra"/ },
  { args: ["query"], says: /SQL is missing/ },
  { args: ["query", " ;-- nothing"], says: /the query is empty/ },
  { args: ["start", "--every", "often"], says: /--every is "often".*10s/ },
  {
    args: ["sources", "add", "http://example.com/v.csv", "--every", "1s"],
    says: /a server on another machine is polled every 5 s at most: give --every 5s/,
  },
  { args: ["start", "--timeout", "0s", "--once"], says: /--timeout is "0s"/ },
  { args: ["start", "--port", "http"], says: /--port is "http".*0 to 65535/ },
  { args: ["hello", "--namespace", "a b"], says: /the namespace is "a b"/ },
  { args: ["producer"], says: /set KAFKA_BROKERS, or run: npx ventes start/ },
  { args: ["consumer"], says: /set KAFKA_BROKERS, or run: npx ventes start/ },
  { args: ["analyzer"], says: /set KAFKA_BROKERS, or run: npx ventes start/ },
  { args: ["hello"], env: { KAFKA_BROKERS: "nowhere" }, says: /KAFKA_BROKERS has "nowhere"/ },
  {
    args: ["hello"],
    env: { KAFKA_BROKERS: "a:1", KAFKA_SASL_MECHANISM: "md5" },
    says: /KAFKA_SASL_MECHANISM is "md5"/,
  },
  {
    args: ["hello"],
    env: { KAFKA_BROKERS: "a:1", KAFKA_USERNAME: "u" },
    says: /KAFKA_PASSWORD or KAFKA_PASSWORD_FILE is missing/,
  },
  { args: ["schema"], env: { VENTES_TZ: "Mars" }, says: /VENTES_TZ is "Mars"/ },
  { args: ["schema"], env: { VENTES_DEVISE: "euro" }, says: /VENTES_DEVISE is "euro"/ },
  { args: ["schema"], env: { VENTES_PARTITIONS: "0" }, says: /VENTES_PARTITIONS is "0"/ },
  { args: ["schema"], env: { VENTES_LANG: "de" }, says: /VENTES_LANG is "de": fr or en/ },
  { args: ["schema"], env: { VENTES_ALLOW_PRIVATE: "yes" }, says: /VENTES_ALLOW_PRIVATE is "yes"/ },
  {
    args: ["schema"],
    env: { VENTES_CREDENTIALS: "x" },
    says: /VENTES_CREDENTIALS, line 1: it is not URL_PREFIX/,
  },
  { args: ["schema"], env: { HTTPS_PROXY: "ftp://p" }, says: /HTTPS_PROXY is "ftp:\/\/p"/ },
  {
    args: ["sources", "add", "https://marie:s3cret@a.example/v.csv"],
    says: /https:\/\/\*\*\*@a\.example\/v\.csv has a user or password in it.*VENTES_CREDENTIALS/,
  },
  {
    args: ["start", "https://docs.google.com/spreadsheets/d/abc/edit#gid=7"],
    says: /page of Google Sheets.*give https:\/\/docs\.google\.com\/spreadsheets\/d\/abc\/export\?format=csv&gid=7/,
  },
];

describe("wrong usage", () => {
  it.each(CASES)("$args $env", async ({ args, env = {}, says }) => {
    const ran = await ventes(args, { env: { VENTES_DATA: "/nonexistent/ventes", ...env } });
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).toMatch(/^ventes: [^\n]+\n$/);
  });

  it("is in French where the locale is French", async () => {
    const ran = await ventesProcess(["strat"], { env: { VENTES_LANG: "", LC_ALL: "fr_FR.UTF-8" } });
    expect(ran).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "ventes: commande inconnue « strat » ; vouliez-vous dire start ? (aide : ventes --help)\n",
    });
  });
});

describe("the help", () => {
  const commandsIn = (help: string, title: string): string[] =>
    (help.split(`${title}\n`)[1]?.split("\n\n")[0] ?? "")
      .split("\n")
      .flatMap((line) => /^ {2}(\w+)/.exec(line)?.[1] ?? []);

  it("lists exactly the commands that exist, each with its own help and an example", async () => {
    const root = await ventes(["--help"]);
    const under = await Promise.all(
      ["sources", "rejects", "prices"].map(async (command) =>
        commandsIn((await ventes([command, "--help"])).stdout, "COMMANDS").map(
          (name) => `${command} ${name}`,
        ),
      ),
    );
    const listed = [...commandsIn(root.stdout, "COMMANDS"), ...under.flat()];
    expect(listed.toSorted()).toEqual(
      Object.keys(COMMAND_HELP)
        .filter((name) => name !== "ventes")
        .toSorted(),
    );
    await Promise.all(
      listed.map(async (name) => {
        const help = await ventes([...name.split(" "), "--help"]);
        expect(help).toMatchObject({ code: 0, stderr: "" });
        expect(help.stdout).toContain(`ventes ${name}`);
        expect(help.stdout).toMatch(/EXAMPLES\n {2}# .+\n {2}.*ventes /);
        expect(help.stdout).toContain("--data DIR");
      }),
    );
  });

  it("is in French with VENTES_LANG=fr", async () => {
    const { stdout } = await ventes(["start", "--help"], { env: { VENTES_LANG: "fr" } });
    expect(stdout).toContain("OPTIONS COMMUNES (avant ou après la commande)");
    expect(stdout).toContain("La démonstration");
  });

  it("is what the program prints without a command", async () => {
    const bare = await ventes([]);
    expect(bare).toEqual(await ventes(["--help"]));
    expect(bare).toMatchObject({ code: 0, stderr: "" });
  });

  it.each(["bash", "zsh", "fish"])(
    "--completions %s writes the whole of a script through a pipe",
    async (shell) => {
      const { code, stdout } = await ventesProcess(["--completions", shell]);
      expect(code).toBe(0);
      for (const word of ["status", "doctor", "watch", "accept-loss"]) expect(stdout).toContain(word);
      expect(stdout.length).toBeGreaterThan(8_000);
      if (shell === "bash") expect(spawnSync("bash", ["-n"], { input: stdout }).status).toBe(0);
    },
  );

  it("--version prints the version", async () => {
    const { stdout, code } = await ventes(["--version"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

it("common flags stand before or after the command", async () => {
  const data = scratchDirectory();
  for (const args of [
    ["--data", data, "--json", "hello"],
    ["hello", "--data", data, "--json"],
    ["--json", "hello", `--data=${data}`],
  ]) {
    const ran = await ventes(args);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ hello: "world", database: { file: `${data}/ventes.db` } });
  }
});

it("an older Node gets one line that says so, before any module is loaded", async () => {
  const { spawnSync } = await import("node:child_process");
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.11.0' })";
  const program = new URL("../ventes.js", import.meta.url).pathname;
  const ran = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${pretend}`, program, "--help"],
    {
      encoding: "utf8",
      env: { ...process.env, VENTES_LANG: "en" },
    },
  );
  expect({ code: ran.status, stdout: ran.stdout }).toEqual({ code: 1, stdout: "" });
  expect(ran.stderr).toMatch(/^ventes needs Node 24\.3 or later, this is 20\.11\.0: [^\n]+\n$/);
});
