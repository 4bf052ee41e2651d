import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { expect, it } from "vitest";
import { ChangeNotifier } from "./change-notifier.ts";
import { ChangeSignal } from "./change-signal.ts";
import { openEvents } from "./events-db.ts";

const IN_THREAD = `
  const { workerData } = require("node:worker_threads");
  import(workerData.module).then(({ ChangeSignal }) => {
    const signal = new ChangeSignal(workerData.file);
    signal.written();
    signal.close();
  });`;

it("a write of another thread wakes a follower at once: it does not wait for its next poll", async () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-signal-"));
  const db = openEvents(dir);
  const signal = new ChangeSignal("events.db");
  const notifier = new ChangeNotifier(signal, db);
  notifier.takeChange();
  // The clock of the test stands still, so no poll comes; and the file itself does not change.
  const waiting = Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const waiter = yield* Effect.forkChild(notifier.wait, { startImmediately: true });
        new Worker(IN_THREAD, {
          eval: true,
          workerData: { file: "events.db", module: new URL("./change-signal.ts", import.meta.url).href },
        });
        yield* Fiber.join(waiter);
      }),
    ).pipe(Effect.provide(TestClock.layer())),
  );
  await waiting;
  expect(notifier.takeChange()).toBe(true);
  expect(notifier.takeChange()).toBe(false);

  notifier.close();
  signal.written();
  expect(notifier.takeChange()).toBe(false);
  signal.close();
  db.close();
  rmSync(dir, { recursive: true, force: true });
});
