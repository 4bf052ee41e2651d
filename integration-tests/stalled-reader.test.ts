/** A program of somebody else keeps a read transaction open on the database: status says which one, and the WAL is cut again afterwards. */
import { spawn } from "node:child_process";
import { existsSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openFile, SETTLED_WAL_BYTES } from "#shared/database/sqlite.ts";
import { VENTES_DB, ventesFile } from "#shared/database/ventes-db.ts";
import { heldWal } from "#shared/database/wal.ts";
import { ROOT } from "../checks/tree.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, ventes } from "./support/ventes.ts";

/** A process that reads the database, and goes on reading until it is killed. */
const readerOf = async (file: string) => {
  const script = `
    const db = new (require("better-sqlite3"))(process.argv[1], { readonly: true });
    db.exec("BEGIN");
    db.prepare("SELECT COUNT(*) FROM magasins").get();
    console.log("reading");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script, file], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(end);
  await until("the reader", () => said.includes("reading"));
  return { pid: child.pid as number, end };
};

const MB = 1e6;
const knowsLocks = existsSync("/proc/locks");

it.each([
  ["while the WAL has commits that the database lacks", false],
  ["when the database had all of the WAL", true],
])(
  "a WAL that an outsider's reader keeps growing is a problem of status, with its size and the reader: it began %s",
  async (_, isWhole) => {
    const folder = scratchDirectory();
    const data = join(folder, "data");
    const file = join(folder, "m.csv");
    writeFileSync(file, "id_magasin,ville\n1,Brest\n");
    expect(await ventes(["start", "--once", file, "--data", data])).toMatchObject({ code: 0 });
    const database = ventesFile(data);
    const db = openFile(database, VENTES_DB);
    onTestFinished(() => void db.close());
    const write = (ville: string) => db.prepare("UPDATE magasins SET ville = ?").run(ville);
    write("Nantes");
    if (isWhole) db.pragma("wal_checkpoint(TRUNCATE)");
    const reader = await readerOf(database);
    write("Lyon");
    const status = () => ventes(["status", "--data", data]);
    expect((await status()).stdout).not.toMatch(/-wal/);

    // As large as after days; the zeros behind the last commit are no commits.
    truncateSync(`${database}-wal`, 300 * MB);
    // A younger reader is not the one that it waits for.
    const younger = await readerOf(database);
    const told = await status();
    expect(told.code).toBe(1);
    if (knowsLocks)
      expect(told.stdout + told.stderr).toContain(
        `${database}-wal is 300 MB and grows with each commit, because node (pid ${reader.pid}) reads an old state: end that reading`,
      );

    await reader.end();
    await younger.end();
    await until("the WAL to be used again", () => {
      db.pragma("wal_checkpoint");
      write("Brest");
      return statSync(`${database}-wal`).size <= SETTLED_WAL_BYTES;
    });
    expect((await status()).stdout).not.toMatch(/-wal/);
  },
);

it("where nobody is known to read, the size is told alone", () => {
  const file = join(scratchDirectory(), "a.db");
  writeFileSync(`${file}-wal`, "");
  expect(heldWal(file)).toBeUndefined();
  truncateSync(`${file}-wal`, 300 * MB);
  expect(heldWal(file)).toEqual({ file: `${file}-wal`, bytes: 300 * MB, readers: [] });
});
