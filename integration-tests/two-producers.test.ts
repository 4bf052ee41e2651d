/**
 * Two producers of one namespace on Kafka, as processes with directories of their own. One producer polls each source, and
 * no file is downloaded by two at once. After a kill -9 or a pause longer than the session of one, the other one has all
 * sources, and every row is there once.
 */
import { createServer } from "node:http";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import { expect, it, onTestFinished } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { isRunning, readStates } from "../cli/run/component-state.ts";
import { registerSource } from "../producer/admin/register.ts";
import { runProducer } from "../producer/run.ts";
import { allEvents, claimsOf } from "../producer/testing/pipeline.ts";
import { describeWith } from "./support/describe-with.ts";
import { kafkaOfSuite } from "./support/kafka-of-suite.ts";
import { listening } from "./support/listening.ts";
import { until } from "./support/until.ts";
import { type Running, scratchDirectory, startVentes } from "./support/ventes.ts";

const SOURCES = 24;
const EVERY_MS = 2_000;
/** Long enough for a session of ten seconds and some polls on a busy machine. */
const WAIT = { within: 90_000, every: 100 };

interface SeenRequest {
  readonly at: number;
  readonly status: number;
}

/** Files of shops with ETags, which grow by a row at `grow`. Each answer takes a moment, so that two requests at once show. */
const openCountingServer = async () => {
  let rows = 1;
  const requests = new Map<string, SeenRequest[]>();
  const inHand = new Map<string, number>();
  let most = 0;
  const server = createServer((request, response) => {
    const name = request.url ?? "";
    const etag = `"${rows}"`;
    const status = request.headers["if-none-match"] === etag ? 304 : 200;
    requests.set(name, [...(requests.get(name) ?? []), { at: performance.now(), status }]);
    const now = (inHand.get(name) ?? 0) + 1;
    inHand.set(name, now);
    most = Math.max(most, now);
    response.on("close", () => inHand.set(name, (inHand.get(name) ?? 1) - 1));
    const lines = Array.from({ length: rows }, (_, i) => `${name.slice(1)}-${i},ville ${i}\n`);
    setTimeout(() => {
      response.writeHead(status, { etag });
      response.end(status === 304 ? undefined : `id_magasin,ville\n${lines.join("")}`);
    }, 30);
  });
  const base = `${await listening(server)}/`;
  return {
    urls: Array.from({ length: SOURCES }, (_, i) => `${base}${i}`),
    requests,
    grow: () => {
      rows += 1;
      return rows;
    },
    rows: () => rows,
    /** The most requests for one file at a time. */
    most: () => most,
  };
};

describeWith("kafka", "two producers on Kafka", () => {
  const kafka = kafkaOfSuite();

  it("share the sources, fetch none twice, and take over from each other", async () => {
    const folder = scratchDirectory();
    const namespace = kafka.namespace();
    const server = await openCountingServer();
    const settings = embeddedSettings(join(folder, "test"), { namespace, kafka: kafka.settings });
    const layer = layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, settings)));
    const run = <A, E>(work: Effect.Effect<A, E, TopicLog | Settings>): Promise<A> =>
      Effect.runPromise(work.pipe(Effect.provide(layer)));
    await run(Effect.forEach(server.urls, (url) => registerSource(url), { discard: true }));

    const start = (name: string): Running =>
      startVentes(["producer", "--data", join(folder, name)], {
        env: { KAFKA_BROKERS: kafka.brokers, VENTES_NAMESPACE: namespace, VENTES_EVERY: `${EVERY_MS}ms` },
      });
    /** The sources of each running producer, by its status. */
    const shares = async (): Promise<Record<string, readonly string[]>> => {
      const states = await run(readStates);
      return Object.fromEntries(
        states
          .filter((state) => state.component === "producer" && isRunning(state))
          .map(({ id, sources = [] }) => [
            id.slice(id.lastIndexOf("/") + 1),
            sources.filter((s) => s.state === "ok" && s.polled !== null).map((s) => s.source),
          ]),
      );
    };
    const untilAlone = (name: string) =>
      until(`${name} to have every source`, async () => (await shares())[name]?.length === SOURCES, WAIT);
    const untilShared = () =>
      until(
        "the two to share",
        async () => {
          const { a = [], b = [] } = await shares();
          const all = [...a, ...b];
          return a.length > 0 && b.length > 0 && all.length === SOURCES && new Set(all).size === SOURCES;
        },
        WAIT,
      );
    const claims = async (): Promise<number[]> => {
      const events = await run(allEvents);
      return server.urls.map((url) => claimsOf(events, url).size);
    };
    const untilThere = (rows: number) =>
      until(
        `${rows} rows of each source`,
        async () => (await claims()).every((found) => found === rows),
        WAIT,
      );

    const a = start("a");
    await untilAlone("a");
    let b = start("b");
    await untilShared();

    // Without faults one producer polls each source, a whole interval after its last answer.
    const before = new Map([...server.requests].map(([name, list]) => [name, list.length]));
    await until(
      "five rounds",
      () => [...server.requests].every(([name, list]) => list.length >= (before.get(name) ?? 0) + 5),
      WAIT,
    );
    for (const [name, list] of server.requests) {
      const [first, ...later] = list.slice(before.get(name));
      let last = first?.at ?? 0;
      for (const { at, status } of later) {
        expect({ name, status, early: at - last < EVERY_MS * 0.9 - 50 }).toEqual({
          name,
          status: 304,
          early: false,
        });
        last = at;
      }
    }
    await untilThere(server.grow());

    // After a kill the other one reads all sources, also the rows that came in the meantime.
    await b.stop("SIGKILL");
    const grown = server.grow();
    await untilAlone("a");
    await untilThere(grown);

    b = start("b");
    await untilShared();
    await untilThere(server.grow());

    // At no time did two producers download one file at once.
    expect(server.most()).toBe(1);

    // After a pause longer than its session the other one has its sources; when it goes on, it does no harm and gets its share.
    process.kill(a.pid, "SIGSTOP");
    const slept = server.grow();
    await untilAlone("b");
    await untilThere(slept);
    process.kill(a.pid, "SIGCONT");
    await untilShared();
    await untilThere(server.grow());

    // Stopped: its sources go at once, without the session's time-out.
    expect((await b.stop()).code).toBe(130);
    await untilAlone("a");
    await untilThere(server.grow());
    expect((await a.stop()).code).toBe(130);
    // No batch was in flight at the kill, so every row was published once.
    const events = await run(allEvents);
    expect(events.filter(({ event }) => event.kind === "row")).toHaveLength(SOURCES * server.rows());
  }, 400_000);

  it("complete the version of another one that lost its source between two events", async () => {
    const folder = scratchDirectory();
    const namespace = kafka.namespace();
    const server = await openCountingServer();
    const settingsOf = (name: string) =>
      embeddedSettings(join(folder, name), { namespace, kafka: kafka.settings, every: 300 });
    const layerOf = (name: string) =>
      layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, settingsOf(name))));
    const run = <A, E>(work: Effect.Effect<A, E, TopicLog | Settings>): Promise<A> =>
      Effect.runPromise(work.pipe(Effect.provide(layerOf("test"))));
    await run(Effect.forEach(server.urls, (url) => registerSource(url), { discard: true }));

    /** A producer whose events of shops wait while they are held. */
    const produce = async (name: string) => {
      const seen = { sources: [] as readonly SourceStatus[], waits: false, interrupted: 0 };
      let release: (() => void) | undefined;
      let holds = false;
      const held = Effect.callback<void>((resume) => {
        seen.waits = true;
        release = () => resume(Effect.void);
      }).pipe(
        Effect.onInterrupt(() =>
          Effect.sync(() => {
            seen.interrupted += 1;
          }),
        ),
      );
      const holding = Layer.effect(
        TopicLog,
        Effect.map(TopicLog, (log) =>
          TopicLog.of({
            ...log,
            publish: (topic, records) =>
              topic === "magasins" && holds && !seen.waits && records[0]?.value?.includes('"row"')
                ? held.pipe(Effect.andThen(log.publish(topic, records)))
                : log.publish(topic, records),
          }),
        ),
      ).pipe(Layer.provideMerge(layerOf(name)));
      const fiber = Effect.runFork(
        runProducer({
          onSources: (sources) => {
            seen.sources = sources;
          },
        }).pipe(Effect.provide(holding)),
      );
      const stop = () => Effect.runPromise(Fiber.interrupt(fiber));
      onTestFinished(stop);
      const hold = () => {
        seen.waits = false;
        holds = true;
      };
      const letGo = () => {
        holds = false;
        release?.();
      };
      return { seen, stop, hold, letGo };
    };
    const untilThere = (rows: number) =>
      until(
        `${rows} rows of each source`,
        async () => {
          const events = await run(allEvents);
          return server.urls.every((url) => claimsOf(events, url).size === rows);
        },
        WAIT,
      );

    const a = await produce("a");
    await untilThere(server.rows());
    // Which half of the sources the other gets is chance: until it is the one in hand.
    for (let attempts = 0; attempts < 12 && a.seen.interrupted === 0; attempts++) {
      a.hold();
      const grown = server.grow();
      await until("an event in hand", () => a.seen.waits, WAIT);
      const b = await produce("b");
      await until(
        "the two to share",
        () => b.seen.sources.length > 0 && a.seen.sources.length + b.seen.sources.length === SOURCES,
        WAIT,
      );
      a.letGo();
      await untilThere(grown);
      await b.stop();
      await until("the first to have all again", () => a.seen.sources.length === SOURCES, WAIT);
    }
    expect(a.seen.interrupted).toBe(1);
    await untilThere(server.grow());
    await a.stop();
    const rows = (await run(allEvents)).filter(({ event }) => event.kind === "row");
    expect(rows).toHaveLength(SOURCES * server.rows());
  }, 400_000);
});
