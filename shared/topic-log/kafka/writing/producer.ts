/**
 * Publishing to Kafka. Idempotent: each batch carries (producer id, epoch, sequence), so a batch that is sent again
 * after a lost answer is in the topic once. One publish at a time, and in it one batch at a time for each partition:
 * with two in flight a refused one could be lost without an error. It waits for a lost broker without end. When the
 * broker no longer knows the sequence, a new producer id goes on; batches that may be in the topic already then make the
 * publish PublishUncertain.
 */
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import { scheduleOf } from "../../../runtime/retry.ts";
import { partitionKey } from "../../by-partition.ts";
import { LogMisconfigured, LogUnavailable, type PublishFailure, PublishUncertain } from "../../errors.ts";
import { MAX_RECORD_BYTES } from "../../record-size.ts";
import type { NewRecord, Published } from "../../topic-log.ts";
import { failWith } from "../cluster/ask.ts";
import type { Connection } from "../cluster/connection.ts";
import { int64 } from "../cluster/kafkajs.ts";
import { NO_TIMESTAMP, seal } from "../protocol/encode-batch.ts";
import { type ProducedPartition, produceRequest } from "../protocol/produce.ts";
import { BrokenAnswer } from "../protocol/wire.ts";
import { mayBeAppended, meaningOf, refusalOf } from "./answers.ts";
import { advance, isThrough, type Lane, lanesOf, nextBatch, removeTimes } from "./lane.ts";

const SEQUENCES = 2 ** 31;

/** The part of a connection that publishing uses. */
export type ProducerConnection = Pick<
  Connection,
  "cluster" | "byLeader" | "broker" | "drop" | "refresh" | "confirm"
>;

/** A producer as the broker knows it. */
interface Identity {
  readonly id: number;
  readonly epoch: number;
  /** The next sequence of each partition, by its key. */
  readonly sequences: Map<string, number>;
}

/** A lane whose next batch is to be sent. */
interface Turn {
  readonly topic: string;
  readonly partition: number;
  readonly lane: Lane;
  /** The batch was in doubt before this turn. */
  readonly before: boolean;
}

/** The result of a turn of a lane: a reason to try again, a failure, or undefined when the lane goes on. */
type Verdict = string | LogMisconfigured | PublishUncertain | undefined;

/** The end of a round of sending: all lanes are through, or it must be tried again for a reason. */
type Round = { readonly again: string } | { readonly done: true };

export class Producer {
  readonly #connection: ProducerConnection;
  readonly #address: string;
  readonly #turn = Semaphore.makeUnsafe(1);
  #identity: Identity | undefined;
  /** A broker has refused the timestamp of our records: from then on they have none. */
  #timeless = false;

  constructor(connection: ProducerConnection, address: string) {
    this.#connection = connection;
    this.#address = address;
  }

  /** `topic`: full name. `maxBytes`: the most that a batch of several records takes. See TopicLog.publish. */
  publish(
    topic: string,
    partitions: number,
    records: readonly NewRecord[],
    maxBytes = MAX_RECORD_BYTES,
  ): Effect.Effect<readonly Published[], PublishFailure> {
    if (records.length === 0) return Effect.succeed([]);
    return Effect.clockWith((clock) => {
      const timestamp = this.#timeless ? NO_TIMESTAMP : clock.currentTimeMillisUnsafe();
      const lanes = lanesOf(partitions, records, { timestamp, compress: true, maxBytes });
      return this.#attempt(topic, lanes).pipe(
        Effect.retry({
          schedule: scheduleOf("log"),
          while: (failure) => failure._tag === "LogUnavailable",
        }),
        Effect.map(() =>
          lanes.map(({ partition, count, firstOffset }) => ({ partition, count, firstOffset })),
        ),
        // Left unfinished, its sequences may be in use: no other batch may have them.
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (exit._tag === "Failure") this.#identity = undefined;
          }),
        ),
      );
    }).pipe(this.#turn.withPermits(1));
  }

  #attempt(topic: string, lanes: readonly Lane[]): Effect.Effect<void, PublishFailure> {
    return Effect.tryPromise({
      try: (signal) =>
        this.#round(topic, lanes, signal).catch(async (error: unknown) => {
          // The connections may be broken: the next attempt makes new ones.
          if (!isFailure(error)) await this.#connection.drop();
          throw error;
        }),
      catch: (error) => error,
    }).pipe(
      Effect.catch(
        (error): Effect.Effect<never, PublishFailure> =>
          error instanceof PublishUncertain ? Effect.fail(error) : failWith(error, this.#address),
      ),
      Effect.flatMap((round) =>
        "again" in round
          ? Effect.fail(new LogUnavailable({ address: this.#address, message: round.again }))
          : Effect.void,
      ),
    );
  }

  async #producer(): Promise<Identity> {
    if (this.#identity !== undefined) return this.#identity;
    const cluster = await this.#connection.cluster();
    const broker = await cluster.findControllerBroker();
    const answer = await broker.initProducerId({ transactionTimeout: 60_000 });
    this.#identity = { id: int64(answer.producerId), epoch: answer.producerEpoch, sequences: new Map() };
    return this.#identity;
  }

  /** Sends until every lane is through, or one has to wait. Throws PublishUncertain, LogMisconfigured, Kafka errors. */
  async #round(topic: string, lanes: readonly Lane[], signal: AbortSignal): Promise<Round> {
    for (;;) {
      const left = lanes.filter((lane) => !isThrough(lane));
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
        left.map((lane): Turn => ({ topic, partition: lane.partition, lane, before: lane.doubtful })),
      );
      const answers = await Promise.allSettled(
        [...groups].map(([leader, turns]) => this.#send(identity, leader, turns)),
      );
      const lost = answers.find((a) => a.status === "rejected");
      if (lost !== undefined) throw lost.reason;
      const verdicts = answers.flatMap((a) => (a.status === "fulfilled" ? a.value : []));
      const failure = verdicts.find(isFailure);
      if (failure !== undefined) throw failure;
      const again = verdicts.find((v) => typeof v === "string");
      if (again !== undefined) {
        await this.#connection.refresh();
        return { again };
      }
    }
  }

  /** Sends the next batches of lanes that one broker leads. */
  async #send(identity: Identity, leader: string, turns: readonly Turn[]): Promise<Verdict[]> {
    const broker = await this.#connection.broker(leader);
    const parts = turns.map(({ topic, partition, lane }) => {
      lane.doubtful = true;
      const sequence = identity.sequences.get(partitionKey({ topic, partition })) ?? 0;
      return { topic, partition, batch: seal(nextBatch(lane), identity.id, identity.epoch, sequence) };
    });
    const produced = await broker.connectionPool.send(produceRequest(parts));
    return turns.map((turn) => {
      const answer = produced.find((p) => p.partition === turn.partition);
      if (answer === undefined) throw new BrokenAnswer();
      return this.#settle(identity, turn, answer);
    });
  }

  /** Acts on the broker's answer. Undefined: the batch is in the topic, or is to be sent again at once. */
  #settle(identity: Identity, turn: Turn, { errorCode, baseOffset }: ProducedPartition): Verdict {
    const { topic, partition, lane, before } = turn;
    const meaning = meaningOf(errorCode, lane.timed);
    if (meaning !== "appended") lane.doubtful = before || mayBeAppended(errorCode);
    switch (meaning) {
      case "appended": {
        const key = partitionKey(turn);
        const next = (identity.sequences.get(key) ?? 0) + nextBatch(lane).count;
        identity.sequences.set(key, next % SEQUENCES);
        advance(lane, baseOffset);
        return undefined;
      }
      case "sequence lost":
        this.#identity = undefined;
        return `Kafka at ${this.#address} gives a new producer id first (${refusalOf(errorCode)})`;
      case "wrong time":
        this.#timeless = true;
        removeTimes(lane);
        return undefined;
      case "try again":
        return `Kafka at ${this.#address} takes no records for ${topic} partition ${partition} now (${refusalOf(errorCode)})`;
      case "refused":
        return new LogMisconfigured({
          message: `Kafka at ${this.#address} refuses records for ${topic}: ${refusalOf(errorCode)}`,
        });
    }
  }
}

const isFailure = (answer: unknown): answer is LogMisconfigured | PublishUncertain =>
  answer instanceof LogMisconfigured || answer instanceof PublishUncertain;
