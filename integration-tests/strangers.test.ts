/**
 * Invariant 14: another account of the same machine reads nothing of ours and stops nothing. The program runs as one
 * user, the stranger as another, in processes of their own.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { describeWith } from "./support/describe-with.ts";
import { until } from "./support/until.ts";
import { type Options, startVentes, ventes } from "./support/ventes.ts";

const OWNER = 61_001;
const STRANGER = 65_534;
const SQLITE = createRequire(import.meta.url).resolve("better-sqlite3");
const SHOPS = "id_magasin,ville\n1,Rennes\n";

/** The owner's home, a folder that everybody may write to as to /tmp, and the owner's data directory in it. */
let home: string;
let common: string;
let data: string;
let shops: string;
beforeEach(() => {
  chmodSync(tmpdir(), 0o711);
  const base = mkdtempSync(join(tmpdir(), "strangers-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  chmodSync(base, 0o755);
  home = join(base, "home");
  common = join(base, "common");
  for (const folder of [home, common]) mkdirSync(folder);
  chownSync(home, OWNER, OWNER);
  chmodSync(common, 0o1777);
  data = join(common, "data");
  shops = join(home, "magasins.csv");
  writeFileSync(shops, SHOPS);
});

const asOwner = (env: Readonly<Record<string, string>> = {}): Options => ({
  uid: OWNER,
  cwd: home,
  env: { HOME: home, TMPDIR: common, NODE_COMPILE_CACHE: "", XDG_CACHE_HOME: "", ...env },
});
const stranger = { uid: STRANGER, gid: STRANGER, cwd: "/", env: { PATH: process.env.PATH ?? "" } } as const;

/** Runs a script as the stranger: `tries.push(NAME)` is something that succeeded. Returns those. */
function asStranger(script: string, ...args: readonly string[]): readonly string[] {
  const whole = `const fs = require("node:fs"); const path = require("node:path"); const done = [];
    const tries = (name, work) => { try { work(); done.push(name); } catch { /* as it should be */ } };
    ${script}
    process.stdout.write(JSON.stringify(done));`;
  const ran = spawnSync(process.execPath, ["-e", whole, ...args], { ...stranger, encoding: "utf8" });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(ran.stdout) as string[];
}

/** A stranger's process that has run this script and goes on. */
async function lastingStranger(script: string, ...args: readonly string[]): Promise<ChildProcess> {
  const whole = `const fs = require("node:fs"); const Sqlite = require(${JSON.stringify(SQLITE)});
    ${script}
    process.stdout.write("ready"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", whole, ...args], {
    ...stranger,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  await once(child.stdout, "data");
  return child;
}

/** Every file and folder below, by its path. */
const everything = (folder: string): readonly string[] => [
  folder,
  ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
];
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** Holds the lock of process.argv[1] as a reader does, for which the right to read is enough. */
const HOLD = `
  const lock = new Sqlite(process.argv[1], { readonly: true });
  lock.exec("BEGIN"); lock.prepare("SELECT COUNT(*) FROM sqlite_schema").get();`;

describeWith("root", "another account of this machine", () => {
  it.each(["start with a source", "the demo"])(
    "reads, lists and locks nothing while it runs: %s",
    async (what) => {
      const health = join(common, "alive");
      const files = what === "the demo" ? [] : [shops];
      const run = startVentes(["start", ...files, "--data", data], asOwner({ VENTES_HEALTH_FILE: health }));
      const [, port = ""] = await run.said(/^page http:\/\/\S*?:(\d+)/m);
      const dir = what === "the demo" ? join(data, "demo") : data;
      for (const file of ["ventes.db-wal", "events.db-wal", "producer.db", "spool"])
        await until(file, () => existsSync(join(dir, file)));
      await until("the health file", () => existsSync(health));
      const all = everything(data);
      for (const path of [...all, health])
        expect([path, modeOf(path), statSync(path).uid]).toEqual([
          path,
          statSync(path).isDirectory() ? "700" : "600",
          OWNER,
        ]);
      const got = asStranger(
        `for (const file of process.argv.slice(1)) {
         tries("read " + file, () => fs.readFileSync(file));
         tries("list " + file, () => fs.readdirSync(file));
         tries("write " + file, () => fs.appendFileSync(file, "x"));
         tries("stat " + path.join(file, "x"), () => fs.statSync(path.join(file, "x")));
         tries("remove " + file, () => fs.rmSync(file, { recursive: true }));
         tries("rename " + file, () => fs.renameSync(file, file + ".theirs"));
         tries("lock " + file, () => new (require(${JSON.stringify(SQLITE)}))(file).exec("BEGIN EXCLUSIVE"));
       }`,
        ...all,
        health,
      );
      expect(got).toEqual([]);
      // Loopback is every account's: what the page shows is open to them unless a token is set.
      const asked = `fetch("http://127.0.0.1:${port}/api/analyses").then((r) => process.stdout.write(String(r.status)))`;
      expect(spawnSync(process.execPath, ["-e", asked], { ...stranger, encoding: "utf8" }).stdout).toBe(
        "200",
      );
      expect((await run.stop()).code).toBe(130);
    },
  );

  it("does not see the page where a token is set", async () => {
    const token = join(home, "token.txt");
    writeFileSync(token, "0123456789abcdef\n", { mode: 0o600 });
    chownSync(token, OWNER, OWNER);
    const run = startVentes(["start", shops, "--data", data], asOwner({ VENTES_TOKEN_FILE: token }));
    const [, port = ""] = await run.said(/^page http:\/\/\S*?:(\d+)/m);
    const asked = `fetch("http://127.0.0.1:${port}/api/analyses").then((r) => process.stdout.write(String(r.status)))`;
    expect(spawnSync(process.execPath, ["-e", asked], { ...stranger, encoding: "utf8" }).stdout).toBe("401");
    expect(run.stderr()).not.toContain("warning");
    await run.stop();
  });

  it("that has the lock open, or holds it, from when it could be read stops no start", async () => {
    expect((await ventes(["start", "--once", shops, "--data", data], asOwner())).code).toBe(0);
    const lock = join(data, "lock.db");
    for (const path of everything(data)) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    await lastingStranger(HOLD, lock);
    const ran = await ventes(["start", "--once", "--data", data], asOwner());
    expect({ code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain(`ventes: ${data} was open to other users: `);
    for (const path of everything(data))
      expect([path, modeOf(path)]).toEqual([path, statSync(path).isDirectory() ? "700" : "600"]);
    const again = await ventes(["start", "--once", "--data", data], asOwner());
    expect(again.stderr).not.toContain("open to other users");
  });

  it("that made the data directory first, in a folder like /tmp, with a lock, a database or a link: it is not used", async () => {
    const plant = async (script: string) => lastingStranger(script, data);
    const refused = async (said: RegExp) => {
      for (const args of [["start", "--once", shops], ["hello"], ["status"]]) {
        const ran = await ventes([...args, "--data", data], asOwner());
        expect({ args, code: ran.code, stderr: ran.stderr }).toEqual({
          args,
          code: 1,
          stderr: expect.stringMatching(said),
        });
      }
    };
    await plant(`fs.mkdirSync(process.argv[1]); fs.chmodSync(process.argv[1], 0o777);
      const lock = new Sqlite(process.argv[1] + "/lock.db"); lock.exec("BEGIN EXCLUSIVE");
      new Sqlite(process.argv[1] + "/ventes.db").exec("CREATE TABLE theirs (x)");`);
    await refused(/^ventes: \S+ belongs to another user \(uid 65534\): .*--data\n$/);
    expect(readdirSync(data).sort()).toEqual(
      ["lock.db", "lock.db-journal", "ventes.db"].filter((n) => existsSync(join(data, n))),
    );
    rmSync(data, { recursive: true });
    // To a directory of the owner's: they would choose where we write.
    const other = join(home, "other");
    mkdirSync(other, { mode: 0o700 });
    chownSync(other, OWNER, OWNER);
    asStranger("fs.symlinkSync(process.argv[1], process.argv[2]);", other, data);
    await refused(/^ventes: \S+ belongs to another user, who may replace /);
    expect(readdirSync(other)).toEqual([]);
    rmSync(data);
    // Theirs above ours.
    asStranger("fs.mkdirSync(process.argv[1]); fs.chmodSync(process.argv[1], 0o777);", data);
    data = join(data, "deeper");
    await refused(/^ventes: \S+ belongs to another user, who may replace |^ventes: everybody may write to /);
  });

  it("that put files into a directory while all could write to it: they are not used", async () => {
    for (const name of ["lock.db", "producer.lock.db", "ventes.db", "events.db", "named-files.txt"]) {
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data);
      chownSync(data, OWNER, OWNER);
      chmodSync(data, 0o777);
      asStranger(
        "fs.writeFileSync(process.argv[1], ''); fs.chmodSync(process.argv[1], 0o666);",
        join(data, name),
      );
      const ran = await ventes(["start", "--once", shops, "--data", data], asOwner());
      expect([name, ran.code]).toEqual([name, 1]);
      expect(ran.stderr).toMatch(
        /^ventes: \S+ belongs to another user \(uid 65534\), who may have put it there: remove it/,
      );
    }
  });

  it("that planted a compile cache in the temporary folder, or in place of the user's, runs no code as us", async () => {
    // As the program's own cache would be, filled by the stranger for this very program.
    const theirs = join(common, "node-compile-cache");
    const fill = `require("node:module").enableCompileCache(process.argv[1]); fs.chmodSync(process.argv[1], 0o777);`;
    asStranger(fill, theirs);
    const before = everything(theirs);
    expect((await ventes(["--version"], asOwner())).code).toBe(0);
    expect(everything(theirs)).toEqual(before);
    const cache = join(home, ".cache/ventes/compile");
    expect(readdirSync(cache).length).toBeGreaterThan(0);
    expect([modeOf(cache), statSync(cache).uid]).toEqual(["700", OWNER]);

    rmSync(join(home, ".cache"), { recursive: true });
    mkdirSync(join(home, ".cache/ventes"), { recursive: true });
    symlinkSync(theirs, join(home, ".cache/ventes/compile"));
    for (const folder of [".cache", ".cache/ventes"]) {
      chownSync(join(home, folder), OWNER, OWNER);
      chmodSync(join(home, folder), 0o700);
    }
    expect((await ventes(["--version"], asOwner())).code).toBe(0);
    expect(everything(theirs)).toEqual(before);

    asStranger(
      "fs.mkdirSync(process.argv[1] + '/ventes/compile', { recursive: true });",
      join(common, "xdg"),
    );
    const xdg = everything(join(common, "xdg"));
    expect((await ventes(["--version"], asOwner({ XDG_CACHE_HOME: join(common, "xdg") }))).code).toBe(0);
    expect(everything(join(common, "xdg"))).toEqual(xdg);
  });

  it("that put a link in the place of the health file empties and makes nothing", async () => {
    const precious = join(home, "precious");
    writeFileSync(precious, "kept");
    chownSync(precious, OWNER, OWNER);
    const health = join(home, "alive");
    symlinkSync(precious, health);
    const { mtimeMs } = statSync(precious);
    const run = startVentes(["start", shops, "--data", data], asOwner({ VENTES_HEALTH_FILE: health }));
    await run.said(/^page http/m);
    await until("the topics have its state", () => existsSync(join(data, "ventes.db")));
    await run.stop();
    expect([readFileSync(precious, "utf8"), statSync(precious).mtimeMs]).toEqual(["kept", mtimeMs]);
  });
});
