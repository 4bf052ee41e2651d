/** Which errors of SQLite work are tried again, which are failures and which are defects. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { expect, it, onTestFinished } from "vitest";
import { onFile, onFileWhenFree, whenFree } from "./attempt.ts";
import { openPlain, type Sqlite } from "./sqlite.ts";

const FILE = "/data/a.db";

/** Throws these errors one after the other, then returns how often it ran. */
const work = (...errors: unknown[]) => {
  let runs = 0;
  return () => {
    runs += 1;
    if (errors.length > 0) throw errors.shift();
    return runs;
  };
};
const coded = (code: string) => Object.assign(new Error(code), { code });

const ended = async <A, E>(effect: Effect.Effect<A, E>): Promise<unknown> => {
  const exit = await Effect.runPromiseExit(effect);
  if (Exit.isSuccess(exit)) return exit.value;
  return Cause.hasDies(exit.cause)
    ? ["defect", Cause.squash(exit.cause)]
    : ["failure", Cause.squash(exit.cause)];
};

it("work on a busy file is tried again by onFileWhenFree, and fails with onFile", async () => {
  const busy = () => work(coded("SQLITE_BUSY"), coded("SQLITE_BUSY_SNAPSHOT"));
  expect(await ended(onFileWhenFree(FILE, busy()))).toBe(3);
  expect(await ended(whenFree(busy(), () => undefined))).toBe(3);
  expect(await ended(onFile(FILE, busy()))).toMatchObject(["failure", { reason: "busy", file: FILE }]);
});

it("an error of the file or the disk is a failure at once, any other error a defect", async () => {
  const bug = new TypeError("x is not a function");
  for (const run of [onFile, onFileWhenFree]) {
    expect(await ended(run(FILE, work(coded("SQLITE_FULL"))))).toMatchObject(["failure", { reason: "full" }]);
    expect(await ended(run(FILE, work(coded("EACCES"))))).toMatchObject([
      "failure",
      { reason: "unwritable" },
    ]);
    expect(await ended(run(FILE, work(bug)))).toEqual(["defect", bug]);
  }
  const failureOf = (error: unknown) => (error === bug ? "known" : undefined);
  expect(await ended(whenFree(work(bug), failureOf))).toEqual(["failure", "known"]);
  const full = coded("SQLITE_FULL");
  expect(await ended(whenFree(work(full), failureOf))).toEqual(["defect", full]);
});

it("a transaction waits for the one of another connection", async () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-attempt-"));
  const file = join(dir, "a.db");
  const open: Sqlite[] = [openPlain(file), openPlain(file)];
  onTestFinished(() => {
    for (const db of open) db.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const [holder, waiting] = open as [Sqlite, Sqlite];
  waiting.pragma("busy_timeout = 0");
  holder.exec("CREATE TABLE t (n INTEGER); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
  let attempts = 0;
  const insert = () => {
    attempts += 1;
    if (attempts === 3) holder.exec("COMMIT");
    waiting.exec("INSERT INTO t VALUES (2)");
  };
  await Effect.runPromise(onFileWhenFree(file, insert));
  expect(attempts).toBe(3);
  expect(waiting.prepare("SELECT n FROM t ORDER BY n").pluck().all()).toEqual([1, 2]);
});
