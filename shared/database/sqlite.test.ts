/** How a database file is opened: while another thread creates it, and when opening it fails. */
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { DatabaseError, type FileKind, openFile, openReader } from "./sqlite.ts";
import { openVentes } from "./ventes-db.ts";

const KIND: FileKind = {
  applicationId: 0x74657374,
  migrations: ["CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT"],
  synchronous: "OFF",
};
const FILES = 400;

/** Creates one file after another, as fast as it can, in the order in which the test opens them. Each may be locked meanwhile. */
const CREATOR = `
const { workerData } = require("node:worker_threads");
import(workerData.module).then(({ openFile }) => {
  const create = (file) => {
    try {
      openFile(file, workerData.kind).close();
      return true;
    } catch (error) {
      if (error.reason !== "busy") throw error;
      return false;
    }
  };
  for (const file of workerData.files) while (!create(file));
});
`;

it("a file in the making is absent or whole, never another program's", async () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-making-"));
  try {
    const files = Array.from({ length: FILES }, (_, n) => join(dir, `${n}.db`));
    const worker = new Worker(CREATOR, {
      eval: true,
      workerData: { module: new URL("sqlite.ts", import.meta.url).href, files, kind: KIND },
    });
    const ended = new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
    const refused: string[] = [];
    const opened = { reading: 0, writing: 0 };
    for (const [n, file] of files.entries()) {
      const isReading = n % 2 === 0;
      for (;;) {
        try {
          (isReading ? openReader(file, KIND) : openFile(file, KIND)).close();
          opened[isReading ? "reading" : "writing"]++;
          break;
        } catch (error) {
          if (!(error instanceof DatabaseError)) throw error;
          if (error.reason === "foreign") {
            refused.push(error.message);
            break;
          }
        }
        await new Promise(setImmediate);
      }
    }
    expect(await ended).toBe(0);
    expect(refused).toEqual([]);
    expect(opened).toEqual({ reading: FILES / 2, writing: FILES / 2 });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

const openDescriptors = (file: string): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(join("/proc/self/fd", fd)).startsWith(file);
    } catch {
      return false;
    }
  }).length;

it.runIf(process.platform === "linux")("opening ventes.db while it is locked leaves nothing open", () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-locked-"));
  const holder = openVentes(dir, "a");
  try {
    const isRefused = () => expect(() => openVentes(dir, "b")).toThrow(/is locked by another program/);
    // Without it the database looks for its id, which takes the lock.
    holder.exec("DELETE FROM meta WHERE key = 'place'; BEGIN IMMEDIATE");
    // SQLite itself keeps one descriptor until the lock is released, and uses it again.
    isRefused();
    const before = openDescriptors(dir);
    for (let n = 0; n < 5; n++) isRefused();
    expect(openDescriptors(dir)).toBe(before);
  } finally {
    holder.close();
    rmSync(dir, { recursive: true });
  }
});
