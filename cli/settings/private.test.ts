/** Files and directories for this user alone (invariant 14), by their modes. integration-tests/strangers tries it as another account. */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory, ventes as ventesProcess } from "../../integration-tests/support/ventes.ts";

const everything = (folder: string): readonly string[] => [
  folder,
  ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
];
/** `path mode` of all that another user could do anything with. */
const open = (folder: string): readonly string[] =>
  everything(folder)
    .map((path) => `${path} ${(statSync(path).mode & 0o777).toString(8)}`)
    .filter((line) => !/ [67]00$/.test(line));
const loosen = (folder: string): void => {
  for (const path of everything(folder)) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
};
const within = (name: string): string => join(scratchDirectory(), name);
const shops = (): string => {
  const file = within("magasins.csv");
  writeFileSync(file, "id_magasin,ville\n1,Lyon\n");
  return file;
};

describe("the data directory", () => {
  it("is created closed to others, with all its files", async () => {
    const data = join(within("new"), "deeper");
    expect((await ventesProcess(["start", "--once", "--data", data])).code).toBe(0);
    expect((await ventesProcess(["start", "--once", shops(), "--data", data])).code).toBe(0);
    expect((await ventesProcess(["hello", "--data", data])).code).toBe(0);
    expect(everything(data).length).toBeGreaterThan(8);
    expect(open(data)).toEqual([]);
  });

  it("that was open is closed, with the demo's and the spool, and this is reported once, in both languages", async () => {
    const data = within("data");
    expect((await ventes(["start", "--once", "--data", data])).code).toBe(0);
    expect((await ventes(["start", "--once", shops(), "--data", data])).code).toBe(0);
    // What alerts and a rebuild leave.
    for (const name of [join("spool", "partial-1"), "notified.json", "notifier.lock.db", "rebuild.lock.db"])
      writeFileSync(join(data, name), "");
    for (const [language, line] of [
      [
        "en",
        `ventes: ${data} was open to other users: the directory and its files are now yours alone (modes 700 and 600)`,
      ],
      [
        "fr",
        `ventes: ${data} était ouvert à d'autres utilisateurs : ce répertoire et ses fichiers ne sont plus qu'à vous (modes 700 et 600)`,
      ],
    ] as const) {
      loosen(data);
      const ran = await ventes(["status", "--data", data], { env: { VENTES_LANG: language } });
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: `${line}\n` });
      expect(open(data)).toEqual([]);
      expect((await ventes(["status", "--data", data])).stderr).toBe("");
    }
  });

  it("is made with the folder of one's analyses in it", async () => {
    const data = within("own");
    mkdirSync(join(data, "analyses"), { recursive: true, mode: 0o755 });
    expect((await ventes(["start", "--once", shops(), "--data", data])).code).toBe(0);
    expect(open(data)).toEqual([]);
  });

  it("that holds other things, or is for all users, stays as it is, and the command is refused", async () => {
    const data = within("project");
    mkdirSync(data);
    chmodSync(data, 0o755);
    writeFileSync(join(data, "notes.txt"), "");
    const refused = async (dir: string, said: string) => {
      const ran = await ventes(["start", "--once", shops(), "--data", dir]);
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining(said),
      });
    };
    await refused(data, `${data} is open to other users and holds other things than the data of ventes`);
    expect([readdirSync(data), statSync(data).mode & 0o777]).toEqual([["notes.txt"], 0o755]);
    chmodSync(data, 0o700);
    expect((await ventes(["start", "--once", shops(), "--data", data])).code).toBe(0);

    const common = within("common");
    mkdirSync(common);
    chmodSync(common, 0o1777);
    await refused(common, `${common} is for all users of this machine`);
    expect((await ventes(["start", "--once", shops(), "--data", join(common, "mine")])).code).toBe(0);

    chmodSync(common, 0o777);
    await refused(join(common, "mine"), `everybody may write to ${common}`);
    await refused(join(common, "new"), `everybody may write to ${common}`);
    expect(readdirSync(common)).toEqual(["mine"]);
  });

  it("whose lock is a link is refused: another process may hold the target", async () => {
    const data = within("data");
    expect((await ventes(["start", "--once", shops(), "--data", data])).code).toBe(0);
    rmSync(join(data, "lock.db"));
    symlinkSync(within("elsewhere.db"), join(data, "lock.db"));
    for (const command of [["start", "--once"], ["status"]]) {
      const ran = await ventes([...command, "--data", data]);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain(
        `${join(data, "lock.db")} is a symbolic link, so others could hold this lock`,
      );
    }
  });
});

describe("a file of secrets", () => {
  const CREDENTIALS = "https://files.example/ basic marie:secret\n";
  it.each([
    ["VENTES_CREDENTIALS_FILE", CREDENTIALS, {}],
    ["VENTES_TOKEN_FILE", "0123456789abcdef\n", {}],
    ["KAFKA_PASSWORD_FILE", "secret\n", { KAFKA_BROKERS: "127.0.0.1:9", KAFKA_USERNAME: "marie" }],
  ])("that others may read is reported: %s", async (name, content, env) => {
    const file = within("secret");
    writeFileSync(file, content);
    const stderr = async (mode: number) => {
      chmodSync(file, mode);
      // Whatever becomes of it: a taken port ends a start before it begins.
      const run = [
        "start",
        "--port",
        "1",
        "--host",
        "203.0.113.1",
        "--timeout",
        "1ms",
        "--data",
        within("data"),
      ];
      return (await ventes(run, { env: { ...env, [name]: file } })).stderr;
    };
    const warning = `ventes: warning: other users may read ${file}, which ${name} names: chmod 600 ${file}`;
    for (const mode of [0o644, 0o640, 0o604]) expect((await stderr(mode)).split("\n")[0]).toBe(warning);
    expect(await stderr(0o600)).not.toContain("warning");
  });

  it("that holds no secret may be readable by all", async () => {
    const file = within("ca.pem");
    writeFileSync(file, "");
    chmodSync(file, 0o644);
    const env = { KAFKA_BROKERS: "127.0.0.1:9", KAFKA_CA_FILE: file };
    const ran = await ventes(["start", "--once", "--timeout", "1ms", "--data", within("data")], { env });
    expect(ran.stderr).not.toContain("warning");
  });
});
