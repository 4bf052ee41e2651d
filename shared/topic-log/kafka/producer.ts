/**
 * Publishing. Idempotent: each batch carries (producer id, epoch, sequence), so one sent again after a lost
 * answer is in the topic once. One publish at a time, and in it one batch at a time for each partition: with two
 * in flight a refused one could be lost in silence. When the broker no longer knows the sequence, a new producer
 * goes on; what may have been appended before is then PublishUncertain.
 */
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import { scheduleOf } from "../../retry.ts";
import { byPartition } from "../by-partition.ts";
import { LogMisconfigured, LogUnavailable, type PublishFailure, PublishUncertain } from "../errors.ts";
import { MAX_RECORD_BYTES } from "../record-size.ts";
import type { NewRecord, Published } from "../topic-log.ts";
import type { Connection } from "./connection.ts";
import { asLogFailure } from "./failures.ts";
import { int64 } from "./kafkajs.ts";
import { encodeBatches, NO_TIMESTAMP, type OutgoingBatch, seal, withoutTimestamp } from "./record-batch.ts";
import { type ProducedPartition, produceRequest } from "./requests.ts";

/** What a broker may say of a batch, by code. What is in none is a refusal. */
const TRY_AGAIN: ReadonlySet<number> = new Set([2, 3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 41, 56, 74, 75]);
/** OUT_OF_ORDER_SEQUENCE_NUMBER, DUPLICATE_, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID. */
const SEQUENCE_LOST: ReadonlySet<number> = new Set([45, 46, 47, 49, 59]);
/** REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND: the leader has it, its replicas may not. */
const MAY_BE_APPENDED: ReadonlySet<number> = new Set([7, 20, 46]);

/** The clock of this machine is ahead of the broker's by more than message.timestamp.after.max.ms. */
const INVALID_TIMESTAMP = 32;

const REFUSED: Readonly<Record<number, string>> = {
  10: "a record is larger than the topic's max.message.bytes",
  18: "a record is larger than the broker's segments",
  29: "these credentials may not write: grant them an ACL",
  31: "these credentials may not write idempotently: grant them an ACL",
  76: "the topic's compression.type is not one that is sent",
  87: "the broker refuses the record: a compacted topic takes no record without a key",
};

const SEQUENCES = 2 ** 31;

/** What publishing needs of a connection. */
export type ProducerConnection = Pick<
  Connection,
  "cluster" | "byLeader" | "broker" | "drop" | "refresh" | "confirm"
>;

interface Identity {
  readonly id: number;
  readonly epoch: number;
  readonly sequences: Map<string, number>;
}

interface Lane {
  readonly partition: number;
  readonly count: number;
  readonly batches: OutgoingBatch[];
  /** The batch that is sent next. */
  at: number;
  /** It was sent before, and nobody knows what became of it. */
  doubtful: boolean;
  /** Its records have a time. */
  timed: boolean;
  firstOffset: number;
}

/** What one round of sending came to. */
type Round = { readonly again: string } | { readonly done: true };

export class Producer {
  readonly #connection: ProducerConnection;
  readonly #address: string;
  readonly #turn = Semaphore.makeUnsafe(1);
  #identity: Identity | undefined;
  /** Whether a broker took the time of our records for a wrong one: from then on they have none. */
  #timeless = false;

  constructor(connection: ProducerConnection, address: string) {
    this.#connection = connection;
    this.#address = address;
  }

  publish(
    topic: string,
    partitions: number,
    records: readonly NewRecord[],
    maxBytes = MAX_RECORD_BYTES,
  ): Effect.Effect<readonly Published[], PublishFailure> {
    if (records.length === 0) return Effect.succeed([]);
    const attempt = (lanes: readonly Lane[]) =>
      Effect.tryPromise({
        try: (signal) =>
          this.#round(topic, lanes, signal).catch(async (error: unknown) => {
            // Whatever broke, the next attempt begins with connections of its own.
            if (!isVerdict(error)) await this.#connection.drop();
            throw error;
          }),
        catch: (error) => error,
      }).pipe(
        Effect.catch((error): Effect.Effect<never, PublishFailure> => {
          if (error instanceof PublishUncertain) return Effect.fail(error);
          const failure = asLogFailure(error, this.#address);
          return failure === undefined ? Effect.die(error) : Effect.fail(failure);
        }),
        Effect.flatMap((round) =>
          "again" in round
            ? Effect.fail(new LogUnavailable({ address: this.#address, message: round.again }))
            : Effect.void,
        ),
        Effect.retry({
          schedule: scheduleOf("log"),
          while: (failure) => failure._tag === "LogUnavailable",
        }),
      );
    return Effect.suspend(() => {
      const lanes = prepare(partitions, records, this.#timeless ? NO_TIMESTAMP : Date.now(), maxBytes);
      return attempt(lanes).pipe(
        Effect.map(() =>
          lanes.map(({ partition, count, firstOffset }) => ({ partition, count, firstOffset })),
        ),
        // Left in the middle: its sequences must not be used for anything else.
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (exit._tag === "Failure") this.#identity = undefined;
          }),
        ),
      );
    }).pipe(this.#turn.withPermits(1));
  }

  async #producer(): Promise<Identity> {
    if (this.#identity !== undefined) return this.#identity;
    const cluster = await this.#connection.cluster();
    const broker = await cluster.findControllerBroker();
    const answer = await broker.initProducerId({ transactionTimeout: 60_000 });
    this.#identity = { id: int64(answer.producerId), epoch: answer.producerEpoch, sequences: new Map() };
    return this.#identity;
  }

  /** Sends until every lane is through, or something has to be waited for. */
  async #round(topic: string, lanes: readonly Lane[], signal: AbortSignal): Promise<Round> {
    for (;;) {
      const left = lanes.filter((lane) => lane.at < lane.batches.length);
      if (left.length === 0) return { done: true };
      signal.throwIfAborted();
      if (this.#identity === undefined && left.some((lane) => lane.doubtful))
        throw new PublishUncertain({
          topic,
          message: `Kafka at ${this.#address} no longer knows whether it has the records`,
        });
      await this.#connection.confirm();
      const identity = await this.#producer();
      const groups = await this.#connection.byLeader(
        left.map((lane) => ({ topic, partition: lane.partition, lane, before: lane.doubtful })),
      );
      const answers = await Promise.allSettled(
        [...groups].map(async ([leader, group]) => {
          const broker = await this.#connection.broker(leader);
          const parts = group.map(({ lane, partition }) => {
            lane.doubtful = true;
            return {
              topic,
              partition,
              batch: seal(
                lane.batches[lane.at] as OutgoingBatch,
                identity.id,
                identity.epoch,
                identity.sequences.get(sequenceOf(topic, partition)) ?? 0,
              ),
            };
          });
          const produced = await broker.connectionPool.send(produceRequest(parts));
          return group.map(({ lane, before }) => {
            const answer = produced.find((p) => p.partition === lane.partition);
            return answer && this.#settle(identity, topic, lane, before, answer);
          });
        }),
      );
      const lost = answers.find((a) => a.status === "rejected");
      if (lost !== undefined) throw lost.reason;
      const verdicts = answers.flatMap((a) => (a.status === "fulfilled" ? a.value : []));
      const refused = verdicts.find(isVerdict);
      if (refused !== undefined) throw refused;
      const again = verdicts.find((v) => typeof v === "string");
      if (again !== undefined) {
        await this.#connection.refresh();
        return { again };
      }
    }
  }

  /** What the broker's answer to a lane's batch means: nothing (appended, or to be sent at once), a reason to try again, or a failure. */
  #settle(
    identity: Identity,
    topic: string,
    lane: Lane,
    before: boolean,
    { errorCode, baseOffset }: ProducedPartition,
  ): string | LogMisconfigured | PublishUncertain | undefined {
    if (errorCode === 0) {
      const key = sequenceOf(topic, lane.partition);
      const { count } = lane.batches[lane.at] as OutgoingBatch;
      identity.sequences.set(key, ((identity.sequences.get(key) ?? 0) + count) % SEQUENCES);
      if (lane.at === 0) lane.firstOffset = baseOffset;
      lane.at += 1;
      lane.doubtful = false;
      return undefined;
    }
    lane.doubtful = before || MAY_BE_APPENDED.has(errorCode);
    if (SEQUENCE_LOST.has(errorCode)) {
      this.#identity = undefined;
      return `a new producer is needed (error ${errorCode})`;
    }
    if (errorCode === INVALID_TIMESTAMP && lane.timed) {
      this.#timeless = true;
      for (const batch of lane.batches.slice(lane.at)) withoutTimestamp(batch);
      lane.timed = false;
      return undefined;
    }
    if (TRY_AGAIN.has(errorCode))
      return `the leader of ${topic} partition ${lane.partition} takes no records now (error ${errorCode})`;
    return new LogMisconfigured({
      message: `Kafka at ${this.#address} refuses records for ${topic}: ${REFUSED[errorCode] ?? `error ${errorCode}`}`,
    });
  }
}

const isVerdict = (answer: unknown): answer is LogMisconfigured | PublishUncertain =>
  answer instanceof LogMisconfigured || answer instanceof PublishUncertain;

const sequenceOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function prepare(
  partitions: number,
  records: readonly NewRecord[],
  timestamp: number,
  maxBytes: number,
): Lane[] {
  const options = { timestamp, compress: true, maxBytes };
  return byPartition(records, partitions).map(({ partition, records: group }) => ({
    partition,
    count: group.length,
    batches: encodeBatches(group, options),
    at: 0,
    doubtful: false,
    timed: timestamp !== NO_TIMESTAMP,
    firstOffset: -1,
  }));
}
