/**
 * The two requests that carry records, Produce v7 and Fetch v11 (Kafka 2.3 and later), and Metadata v12 (3.0), which
 * kafkajs does not know and which alone tells the ids of topics.
 */
import type { WireRequest } from "./kafkajs.ts";
import { WireReader, Writer } from "./wire.ts";

const PRODUCE = 0;
const FETCH = 1;
const METADATA = 3;
const ACKS_ALL = -1;
const PRODUCE_TIMEOUT_MS = 10_000;
const READ_UNCOMMITTED = 0;
/** Of one answer, and of one partition in it. Compressed: expanded they are a few times as much. */
const FETCH_BYTES = 8 << 20;
const FETCH_PARTITION_BYTES = 1 << 20;

const byTopic = <A extends { readonly topic: string }>(items: readonly A[]): [string, A[]][] => {
  const groups = new Map<string, A[]>();
  for (const item of items) {
    const group = groups.get(item.topic);
    if (group === undefined) groups.set(item.topic, [item]);
    else group.push(item);
  }
  return [...groups];
};

export interface PartitionProduce {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}
export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
}

export const produceRequest = (parts: readonly PartitionProduce[]): WireRequest<ProducedPartition[]> => ({
  request: {
    apiKey: PRODUCE,
    apiVersion: 7,
    apiName: "Produce",
    encode: async () => {
      const w = new Writer().string(null).int16(ACKS_ALL).int32(PRODUCE_TIMEOUT_MS);
      return w
        .array(byTopic(parts), ([topic, list]) =>
          w.string(topic).array(list, (p) => w.int32(p.partition).bytes(p.batch)),
        )
        .payload();
    },
  },
  response: {
    decode: async (payload) => {
      const r = new WireReader(payload);
      return r
        .array(() => {
          const topic = r.string();
          return r.array(() => {
            const produced = {
              topic,
              partition: r.int32(),
              errorCode: r.int16(),
              baseOffset: r.int64(),
            };
            r.int64(); // log append time
            r.int64(); // log start offset
            return produced;
          });
        })
        .flat();
    },
    parse: async (produced) => produced,
  },
});

export interface PartitionFetch {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Record batches, the last of which may be cut. */
  readonly batches: Buffer;
}

export const fetchRequest = (
  wanted: readonly PartitionFetch[],
  maxWaitMs: number,
): WireRequest<FetchedPartition[]> => ({
  request: {
    apiKey: FETCH,
    apiVersion: 11,
    apiName: "Fetch",
    encode: async () => {
      const w = new Writer()
        .int32(-1) // no replica
        .int32(maxWaitMs)
        .int32(1) // answer as soon as there is a byte
        .int32(FETCH_BYTES)
        .int8(READ_UNCOMMITTED)
        .int32(0) // no fetch session
        .int32(-1);
      return w
        .array(byTopic(wanted), ([topic, list]) =>
          w.string(topic).array(list, (p) =>
            w
              .int32(p.partition)
              .int32(-1) // any leader epoch
              .int64(p.offset)
              .int64(-1)
              .int32(FETCH_PARTITION_BYTES),
          ),
        )
        .array([], () => {})
        .string("") // no rack
        .payload();
    },
  },
  response: {
    decode: async (payload) => {
      const r = new WireReader(payload);
      r.int32(); // throttle time
      r.int16(); // error of the session
      r.int32();
      return r
        .array(() => {
          const topic = r.string();
          return r.array(() => {
            const partition = r.int32();
            const errorCode = r.int16();
            r.int64(); // high watermark
            r.int64(); // last stable offset
            r.int64(); // log start offset
            r.array(() => {
              r.int64(); // aborted transactions
              r.int64();
            });
            r.int32(); // preferred replica
            return { topic, partition, errorCode, batches: r.bytes() };
          });
        })
        .flat();
    },
    parse: async (fetched) => fetched,
  },
  requestTimeout: maxWaitMs + 15_000,
});

export interface FoundTopic {
  readonly topic: string;
  readonly errorCode: number;
  readonly id: string;
}
export interface FoundTopics {
  readonly clusterId: string;
  readonly topics: readonly FoundTopic[];
}

/** The topics of these names as a broker knows them; never creates one. */
export const topicsRequest = (topics: readonly string[]): WireRequest<FoundTopics> => ({
  request: {
    apiKey: METADATA,
    apiVersion: 12,
    apiName: "Metadata",
    encode: async () => {
      const w = new Writer().noTags(); // of the header, which kafkajs writes without
      return w
        .compactArray(topics, (topic) => w.noUuid().compactString(topic).noTags())
        .int8(0) // create none
        .int8(0) // no authorized operations
        .noTags()
        .payload();
    },
  },
  response: {
    decode: async (payload) => {
      const r = new WireReader(payload);
      r.tags(); // of the header
      r.int32(); // throttle time
      r.compactArray(() => {
        r.int32(); // a broker: its id, host, port and rack
        r.compactString();
        r.int32();
        r.compactString();
        r.tags();
      });
      const clusterId = r.compactString();
      r.int32(); // the controller
      const found = r.compactArray(() => {
        const errorCode = r.int16();
        const topic = r.compactString();
        const id = r.uuid();
        r.int8(); // internal
        r.compactArray(() => {
          r.int16(); // a partition: error, number, leader, its epoch, and three lists of brokers
          r.int32();
          r.int32();
          r.int32();
          for (let list = 0; list < 3; list++) r.compactArray(() => r.int32());
          r.tags();
        });
        r.int32(); // authorized operations
        r.tags();
        return { topic, errorCode, id };
      });
      return { clusterId, topics: found };
    },
    parse: async (found) => found,
  },
});
