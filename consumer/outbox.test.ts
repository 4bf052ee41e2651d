import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Latch from "effect/Latch";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { LogMisconfigured, LogUnavailable } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { until } from "../integration-tests/support/until.ts";
import { announceCommits } from "./outbox.ts";

let dir: string;
let db: Sqlite;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-outbox-"));
  db = openVentes(dir, randomUUID());
});
afterEach(() => {
  db.close();
  rmSync(dir, { recursive: true, force: true });
});

const commit = (id: number) => db.prepare("INSERT INTO commits VALUES (?, 1, 0, 1, '2026-01-01')").run(id);
const announced = () => db.prepare("SELECT value FROM counters WHERE name = 'announced'").pluck().get();

it("a commit that another consumer announced in the meantime stays announced", async () => {
  commit(1);
  const sent: number[] = [];
  const log = {
    publish: (_: string, records: readonly { value: string }[]) =>
      Effect.sync(() => {
        sent.push(...records.map(({ value }) => (JSON.parse(value) as { commit: number }).commit));
        // While this one waits for its answer, another one commits, announces and notes it.
        if (sent.length === 1) {
          commit(2);
          db.exec("UPDATE counters SET value = 2 WHERE name = 'announced'");
        }
        return [];
      }),
  };
  const wake = Latch.makeUnsafe(true);
  const controller = new AbortController();
  const announcing = Effect.runPromise(
    announceCommits(db, dir, wake).pipe(
      Effect.provideService(TopicLog, log as unknown as TopicLog["Service"]),
    ),
    { signal: controller.signal },
  ).catch(() => undefined);
  await until("the first announcement", () => announced() === 2);
  commit(3);
  wake.openUnsafe();
  await until("the second announcement", () => announced() === 3);
  controller.abort();
  await announcing;
  // 2 is not announced again.
  expect(sent).toEqual([1, 3]);
});

it("a log that refuses the announcement ends it with the sentence; one that is lost is waited for", async () => {
  commit(1);
  const answers = [
    new LogUnavailable({ address: "a:9092", message: "no broker" }),
    new LogMisconfigured({ message: "these credentials may not write: grant them an ACL" }),
  ];
  const log = { publish: () => Effect.suspend(() => Effect.fail(answers.shift())) };
  const exit = await Effect.runPromiseExit(
    announceCommits(db, dir, Latch.makeUnsafe(true)).pipe(
      Effect.provideService(TopicLog, log as unknown as TopicLog["Service"]),
    ),
  );
  expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain("grant them an ACL");
  expect(answers).toEqual([]);
});
