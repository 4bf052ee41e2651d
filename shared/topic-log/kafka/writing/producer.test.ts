/** What the producer makes of each answer, with a broker that answers as it is told. */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { describe, expect, it } from "vitest";
import type { NewRecord } from "../../topic-log.ts";
import type { Broker, Cluster } from "../cluster/kafkajs-types.ts";
import type { WireRequest } from "../protocol/request.ts";
import { WireReader } from "../protocol/wire.ts";
import { Producer, type ProducerConnection } from "./producer.ts";

const NOT_LEADER = 6;
const TOO_LARGE = 10;
const AFTER_APPEND = 20;
const INVALID_TIMESTAMP = 32;
const OUT_OF_ORDER = 45;
const LOST = "lost";

/** For each partition, its answers in order; 0 when they are used up. */
type Script = Record<number, (number | typeof LOST)[]>;

/** Partition p is led by broker p. */
class FakeKafka implements ProducerConnection {
  readonly sent: string[] = [];
  readonly times: bigint[] = [];
  refreshed = 0;
  dropped = 0;
  readonly #script: Script;
  #producers = 100;
  #offset = 0;
  constructor(script: Script) {
    this.#script = script;
  }
  async cluster(): Promise<Cluster> {
    const broker = {
      initProducerId: async () => ({ producerId: String(this.#producers++), producerEpoch: 0 }),
    };
    return { findControllerBroker: async () => broker } as unknown as Cluster;
  }
  async byLeader<A extends { readonly partition: number }>(items: readonly A[]): Promise<Map<string, A[]>> {
    return new Map(items.map((item) => [String(item.partition), [item]]));
  }
  async broker(): Promise<Broker> {
    return { connectionPool: { send: (request: WireRequest<unknown>) => this.#send(request) } } as Broker;
  }
  async drop(): Promise<void> {
    this.dropped += 1;
  }
  async confirm(): Promise<void> {}
  async refresh(): Promise<void> {
    this.refreshed += 1;
  }

  async #send<A>({ request }: WireRequest<A>): Promise<A> {
    const r = new WireReader((await request.encode()).buffer);
    r.int16(); // no transaction
    r.int16();
    r.int32();
    const [answer] = r
      .array(() => {
        const topic = r.string();
        return r.array(() => {
          const partition = r.int32();
          const batch = r.bytes();
          const what = this.#script[partition]?.shift() ?? 0;
          this.times.push(batch.readBigInt64BE(27));
          this.sent.push(
            `p${partition} producer ${batch.readBigInt64BE(43)} sequence ${batch.readInt32BE(53)} ${what}`,
          );
          return { topic, partition, errorCode: what, baseOffset: this.#offset++ };
        });
      })
      .flat();
    if (answer?.errorCode === LOST)
      throw Object.assign(new Error("Closed connection"), { name: "KafkaJSConnectionClosedError" });
    return [answer] as A;
  }
}

const one: NewRecord[] = [{ key: "a", value: "1", partition: 0 }];
const both: NewRecord[] = [...one, { key: "b", value: "2", partition: 1 }];

const publish = (producer: Producer, records: readonly NewRecord[]) =>
  Effect.runPromiseExit(producer.publish("t", 2, records));
const tagOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>): string =>
  Exit.isSuccess(exit) ? "success" : (Cause.squash(exit.cause) as { _tag: string })._tag;

describe("a batch", () => {
  it("has the next sequence of its partition", async () => {
    const kafka = new FakeKafka({});
    const producer = new Producer(kafka, "k");
    await publish(producer, [...one, ...one]);
    await publish(producer, both);
    expect(kafka.sent).toEqual([
      "p0 producer 100 sequence 0 0",
      "p0 producer 100 sequence 2 0",
      "p1 producer 100 sequence 0 0",
    ]);
  });

  it("without a leader is sent again unchanged, and no other batch", async () => {
    const kafka = new FakeKafka({ 0: [NOT_LEADER] });
    expect(tagOf(await publish(new Producer(kafka, "k"), both))).toBe("success");
    expect(kafka.sent).toEqual([
      "p0 producer 100 sequence 0 6",
      "p1 producer 100 sequence 0 0",
      "p0 producer 100 sequence 0 0",
    ]);
    expect(kafka.refreshed).toBe(1);
  });

  it("whose answer was lost is sent again unchanged", async () => {
    const kafka = new FakeKafka({ 0: [LOST] });
    expect(tagOf(await publish(new Producer(kafka, "k"), one))).toBe("success");
    expect(kafka.sent).toEqual(["p0 producer 100 sequence 0 lost", "p0 producer 100 sequence 0 0"]);
    expect(kafka.dropped).toBe(1);
  });

  it("refused only for its sequence is sent with a new producer id", async () => {
    const kafka = new FakeKafka({ 0: [0, OUT_OF_ORDER] });
    const producer = new Producer(kafka, "k");
    await publish(producer, one);
    expect(tagOf(await publish(producer, one))).toBe("success");
    expect(kafka.sent.slice(1)).toEqual(["p0 producer 100 sequence 1 45", "p0 producer 101 sequence 0 0"]);
  });

  it.each([
    ["its answer was lost", LOST],
    ["the leader had it without its replicas", AFTER_APPEND],
  ] as const)("refused for its sequence after %s is uncertain", async (_why, first) => {
    const kafka = new FakeKafka({ 0: [first, OUT_OF_ORDER] });
    const producer = new Producer(kafka, "k");
    expect(tagOf(await publish(producer, one))).toBe("PublishUncertain");
    // The next publish uses a new producer id: an old sequence would be taken for a repetition.
    expect(tagOf(await publish(producer, one))).toBe("success");
    expect(kafka.sent.at(-1)).toBe("p0 producer 101 sequence 0 0");
  });

  it("in doubt is uncertain when another partition makes a new producer id necessary", async () => {
    const kafka = new FakeKafka({ 0: [LOST], 1: [OUT_OF_ORDER] });
    expect(tagOf(await publish(new Producer(kafka, "k"), both))).toBe("PublishUncertain");
    expect(kafka.sent).toHaveLength(2);
  });

  it("refused for its timestamp is sent again without one, and so are later batches", async () => {
    const kafka = new FakeKafka({ 0: [INVALID_TIMESTAMP] });
    const producer = new Producer(kafka, "k");
    expect(tagOf(await publish(producer, both))).toBe("success");
    await publish(producer, one);
    expect(kafka.sent).toEqual([
      "p0 producer 100 sequence 0 32",
      "p1 producer 100 sequence 0 0",
      "p0 producer 100 sequence 0 0",
      "p0 producer 100 sequence 1 0",
    ]);
    expect(kafka.times.map((time) => time > 0)).toEqual([true, true, false, false]);
    const stubborn = new FakeKafka({ 0: [INVALID_TIMESTAMP, INVALID_TIMESTAMP] });
    expect(tagOf(await publish(new Producer(stubborn, "k"), one))).toBe("LogMisconfigured");
  });

  it("that no broker takes makes the publish fail", async () => {
    const kafka = new FakeKafka({ 0: [TOO_LARGE] });
    expect(tagOf(await publish(new Producer(kafka, "k"), one))).toBe("LogMisconfigured");
  });
});
