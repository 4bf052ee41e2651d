/** The streams of events: many clients, and those that do not read. */

import { randomUUID } from "node:crypto";
import * as http from "node:http";
import { it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import * as SubscriptionRef from "effect/SubscriptionRef";
import { afterEach, assert, beforeEach, expect } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { makeRefresher, type Refresher } from "../refresh/refresh.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { eventStreams } from "./live.ts";
import { serveFrom } from "./testing/serve-page.ts";

const IS_LONG = process.env.VENTES_TEST_LONG === "1";
/** One address has half of the streams. */
const CLIENTS = IS_LONG ? 500 : 50;
const COMMITS = IS_LONG ? 100 : 20;
/** For each client of the long test, with its other end in the same process; and by how much events may add to that. */
const BYTES_A_CLIENT = 400_000;
const BYTES_OF_EVENTS = 100_000_000;

const NONE = { commit: 0, revision: 0, figures: 0, results: 0, sources: 0 };

it.live("a client that does not read gets the newest event alone when it reads again", () =>
  Effect.gen(function* () {
    const changes = yield* SubscriptionRef.make(NONE);
    const { body } = eventStreams(changes)("somebody");
    assert(body._tag === "Stream");
    const seen: string[] = [];
    const behind = 1_000;
    yield* body.stream.pipe(
      Stream.decodeText(),
      Stream.tap((text) => Effect.sync(() => seen.push(text))),
      Stream.takeUntil((text) => text.includes(`"commit":${behind},`)),
      // Reads its first event, and nothing while many come.
      Stream.mapEffect((text) =>
        text.includes('"commit":0,')
          ? Effect.forEach(
              Array.from({ length: behind }, (_, n) => n + 1),
              (commit) => Effect.andThen(SubscriptionRef.set(changes, { ...NONE, commit }), Effect.yieldNow),
            )
          : Effect.void,
      ),
      Stream.runDrain,
    );
    expect(seen.filter((text) => text.includes("event: analyses")).length).toBeLessThan(20);
  }),
);

let t: TestDatabase;
let refresher: Refresher;
beforeEach(() => {
  t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  refresher = makeRefresher(db);
  const { close } = refresher;
  refresher = { ...refresher, close: () => [close(), db.close()] };
});
afterEach(() => {
  refresher.close();
  t.close();
});

it.live(
  `${CLIENTS} clients all learn of the last commit; one more of their address is turned away`,
  () =>
    Effect.gen(function* () {
      const { url } = yield* serveFrom(t.dir);
      const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY });
      const texts: string[] = [];
      const open = (n: number) =>
        Effect.callback<number>((resume) => {
          http.get(`${url}api/events`, { agent }, (response) => {
            texts[n] = "";
            response.setEncoding("utf8").on("data", (text: string) => {
              // Every third client stops reading for a while.
              if (n % 3 === 0 && texts[n] === "") {
                response.pause();
                setTimeout(() => response.resume(), 500);
              }
              texts[n] = text;
            });
            resume(Effect.succeed(response.statusCode ?? 0));
          });
        });
      const before = process.memoryUsage().rss;
      for (let n = 0; n < CLIENTS; n++) assert.strictEqual(yield* open(n), 200);
      if (IS_LONG) assert.strictEqual(yield* open(CLIENTS), 503);
      const opened = process.memoryUsage().rss;
      for (let n = 1; n <= COMMITS; n++) {
        t.commit((w) => w.product(`p${n}`, "x"));
        refresher.refresh(new Date());
        yield* Effect.sleep(20);
      }
      const missing = () =>
        texts.slice(0, CLIENTS).filter((text) => !text.includes(`"commit":${COMMITS},`)).length;
      while (missing() > 0) yield* Effect.sleep(50);
      if (IS_LONG) {
        const end = process.memoryUsage().rss;
        const [clients, events] = [opened - before, end - opened];
        process.stdout.write(
          `${CLIENTS} clients: ${clients >> 20} MB; ${COMMITS} commits: ${events >> 20} MB more\n`,
        );
        expect(clients).toBeLessThan(CLIENTS * BYTES_A_CLIENT);
        expect(events).toBeLessThan(BYTES_OF_EVENTS);
      }
      agent.destroy();
    }).pipe(Effect.scoped, Effect.provide(Layer.succeed(Settings, embeddedSettings("/nonexistent")))),
  60_000,
);
