/**
 * A broker answers one kind of request with an error code, one of each kind and those that are special. A misconfiguration
 * ends the work with its sentence after one try; every other code is waited for, each time longer, and is said with its
 * name. cluster/failures.test.ts walks the whole table.
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Semaphore from "effect/Semaphore";
import { expect, it } from "vitest";
import { embeddedSettings, type KafkaSettings, Settings } from "../../runtime/settings.ts";
import { type LogState, TopicLog } from "../topic-log.ts";
import { layerKafka } from "./layer.ts";
import { type Code, codeOf } from "./protocol/codes.ts";
import { type Api, HANG_UP, startFakeBroker } from "./testing/fake-broker.ts";

/** How long requests are counted after the first one was refused. */
const FOR_MS = 2_000;
/** The same where the work should end: at once, but a machine with much other work takes its time. */
const ENDS_WITHIN_MS = 40_000;
/** Waits double from 250 ms, and a member joins three times in a row: so many at most, however long opening took. */
const MOST = 20;
/**
 * Both bounds of a partition are asked for at once; kafkajs says why there is no coordinator when it is asked again, and asks
 * in three forms which versions a broker speaks.
 */
const MOST_OF_MISCONFIGURED = 3;

interface Seen {
  /** "going on", or the tag of the failure. */
  readonly end: string;
  /** The sentence of the failure, or why the log was waited for last. */
  readonly says: string;
  readonly asked: number;
}
type Work = (onState: (state: LogState) => void) => Effect.Effect<unknown, unknown, TopicLog>;

const following: Work = (onState) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    return yield* log.follow({
      group: "g",
      topics: ["commits"],
      positions: (parts) => parts.map((part) => ({ ...part, offset: 0 })),
      onBatch: (batch) => Effect.succeed(batch.next),
      onState,
    });
  });
const publishing: Work = () =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    return yield* log.publish("commits", [{ key: "k", value: "v" }]);
  });

interface Options {
  /** Runs once the log is open, and meets the code. Without it, opening the log does. */
  readonly work?: Work;
  /** It says that it waits. */
  readonly tells?: boolean;
  readonly sasl?: KafkaSettings["sasl"];
}

async function seenOf(
  api: Api,
  { code }: Code,
  { work, tells = false, sasl = null }: Options,
  forMs: number,
): Promise<Seen> {
  const broker = await startFakeBroker("v");
  const kafka = { brokers: [broker.address], tls: null, sasl };
  const layer = layerKafka.pipe(
    Layer.provide(Layer.succeed(Settings, embeddedSettings("/nowhere", { namespace: "v", kafka }))),
  );
  let waiting = "";
  let before = 0;
  const refuse = Effect.sync(() => {
    before = broker.asked(api);
    broker.answer(api, code);
  });
  const counted = Effect.gen(function* () {
    while (broker.asked(api) === before || (tells && waiting === "")) yield* Effect.sleep(20);
    yield* Effect.sleep(forMs);
  });
  const working = Effect.gen(function* () {
    const log = yield* TopicLog;
    if (work === undefined) return;
    yield* log.publish("commits", [{ key: "k", value: "v" }]);
    yield* refuse;
    yield* work((state) => {
      if (state.state === "waiting") waiting = state.reason;
    }).pipe(Effect.raceFirst(counted));
  }).pipe(Effect.provide(layer), Effect.scoped);
  const exit = await Effect.runPromiseExit(
    work === undefined ? Effect.andThen(refuse, Effect.raceFirst(working, counted)) : working,
  );
  const asked = broker.asked(api) - before;
  await broker.close();
  if (exit._tag === "Success") return { end: "going on", says: waiting, asked };
  const failure = Cause.squash(exit.cause) as { readonly _tag?: string; readonly message: string };
  return { end: failure._tag ?? "defect", says: failure.message, asked };
}

/** So many clients and brokers at a time: more would be late to connect on a slow machine. */
const turns = Semaphore.makeUnsafe(16);
const inTurn = <A>(run: () => Promise<A>): Promise<A> =>
  Effect.runPromise(turns.withPermits(1)(Effect.promise(run)));

/** What is expected of each code of a request, and what was seen instead. */
async function wrongAmong(
  api: Api,
  codes: readonly Code[],
  options: Options,
  but: Readonly<Record<number, Partial<Seen>>> = {},
): Promise<readonly unknown[]> {
  const all = await Promise.all(
    codes.map(async (code) => {
      const isMisconfigured = code.kind === "misconfigured";
      const expected = {
        end: isMisconfigured ? "LogMisconfigured" : "going on",
        says: isMisconfigured ? code.says : options.tells ? `${code.name}, error ${code.code}` : "",
        ...but[code.code],
      };
      const forMs = expected.end === "going on" ? FOR_MS : ENDS_WITHIN_MS;
      const seen = await inTurn(() => seenOf(api, code, options, forMs));
      const isRight =
        seen.end === expected.end &&
        seen.says.includes(expected.says ?? "") &&
        seen.asked >= 1 &&
        seen.asked <= (isMisconfigured ? MOST_OF_MISCONFIGURED : MOST);
      return isRight ? [] : [{ api, code, seen }];
    }),
  );
  return all.flat();
}

/** One code of each kind, and one that no Kafka knows. */
const KINDS = [29, 30, 31, -1, 14, 6, 42, 999].map(codeOf);

const LOST: Code = { code: HANG_UP, name: "LOST", kind: "wait" };

/** A member joins again after these. */
const REJOINING = [22, 25, 27].map(codeOf);
const joinedAgain = Object.fromEntries(REJOINING.map(({ code }) => [code, { says: "" }]));

it("a follower ends, or waits, for each of its requests", async () => {
  const tells = { work: following, tells: true };
  const wrong = await Promise.all([
    wrongAmong("Fetch", [...KINDS, codeOf(1)], tells, { 1: { says: "although its bounds hold it" } }),
    wrongAmong("FindCoordinator", [...KINDS, codeOf(15)], tells),
    wrongAmong("JoinGroup", [...KINDS, ...REJOINING, codeOf(81)], tells),
    wrongAmong("SyncGroup", [...KINDS, ...REJOINING], tells),
    wrongAmong("ListOffsets", KINDS, tells),
    wrongAmong("OffsetCommit", KINDS, tells),
    wrongAmong("Heartbeat", KINDS, tells),
    wrongAmong("Heartbeat", REJOINING, { work: following }, joinedAgain),
  ]);
  expect(wrong.flat()).toEqual([]);
}, 120_000);

it("a publish ends, or waits, for each code of its answer", async () => {
  const but = {
    29: { says: "these credentials may not write: grant them an ACL" },
    31: { says: "these credentials may not write idempotently: grant them an ACL" },
    46: { end: "PublishUncertain" },
  };
  const codes = [...KINDS, codeOf(32), codeOf(46), codeOf(87)];
  expect(await wrongAmong("Produce", codes, { work: publishing }, but)).toEqual([]);
}, 120_000);

it("opening the log ends for each of its requests; who opens it may try again", async () => {
  const login = { mechanism: "plain", username: "u", password: Redacted.make("p") } as const;
  const opening = Object.fromEntries(
    KINDS.filter(({ kind }) => kind !== "misconfigured").map(({ code }) => [code, { end: "LogUnavailable" }]),
  );
  const wrong = await Promise.all([
    wrongAmong("InitProducerId", KINDS, {}),
    wrongAmong(
      "CreateTopics",
      [...KINDS, codeOf(38)],
      {},
      {
        ...opening,
        38: { end: "LogUnavailable", says: "default.replication.factor" },
      },
    ),
    wrongAmong("Metadata", KINDS, {}, opening),
    wrongAmong("ApiVersions", [...KINDS, codeOf(35)], {}, { ...opening, 35: { says: "use Kafka 3.7" } }),
    wrongAmong("DescribeConfigs", KINDS, {}, { ...opening, 6: {} }),
    wrongAmong("SaslHandshake", [...KINDS, codeOf(33), codeOf(34)], { sasl: login }, opening),
    // Whatever the reason for which a broker does not let us in: it is not tried again, unless the broker is lost.
    wrongAmong(
      "SaslAuthenticate",
      [codeOf(58), LOST],
      { sasl: login },
      {
        58: { says: "KAFKA_PASSWORD" },
        [HANG_UP]: { end: "LogUnavailable", says: "if it stays so, see KAFKA_TLS and KAFKA_SASL_MECHANISM" },
      },
    ),
  ]);
  expect(wrong.flat()).toEqual([]);
}, 120_000);
