/**
 * Fetch v11 (Kafka 2.3 and later): record batches of several partitions from the broker that leads them. It opens no
 * fetch session, so each request stands alone. It reads uncommitted records: ventes writes no transactions.
 */
import { byTopic, type WireRequest, wireRequest } from "./request.ts";

const READ_UNCOMMITTED = 0;
/** The most bytes of one answer, and of one partition in it. Compressed: expanded they are a few times as much. */
const FETCH_BYTES = 8 << 20;
const FETCH_PARTITION_BYTES = 1 << 20;
/** How much longer than its wait a fetch may take before it fails. */
const GRACE_MS = 15_000;

export interface PartitionFetch {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** The end of the partition. No record of the answer is at or behind it. */
  readonly highWatermark: number;
  /** Record batches; the answer may end within the last one. */
  readonly batches: Buffer;
}

/** `maxWaitMs`: how long the broker holds the request while none of the partitions has anything new. */
export const fetchRequest = (
  wanted: readonly PartitionFetch[],
  maxWaitMs: number,
): WireRequest<FetchedPartition[]> =>
  wireRequest({
    apiKey: 1,
    apiVersion: 11,
    apiName: "Fetch",
    timeoutMs: maxWaitMs + GRACE_MS,
    write: (w) =>
      w
        .int32(-1) // no replica
        .int32(maxWaitMs)
        .int32(1) // answer as soon as there is a byte
        .int32(FETCH_BYTES)
        .int8(READ_UNCOMMITTED)
        .int32(0) // no fetch session
        .int32(-1)
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
        .string(""), // no rack
    read: (r) => {
      r.int32(); // throttle time
      r.int16(); // error of the session
      r.int32();
      return r
        .array(() => {
          const topic = r.string();
          return r.array(() => {
            const partition = r.int32();
            const errorCode = r.int16();
            const highWatermark = r.int64();
            r.int64(); // last stable offset
            r.int64(); // log start offset
            r.array(() => {
              r.int64(); // aborted transactions
              r.int64();
            });
            r.int32(); // preferred replica
            return { topic, partition, errorCode, highWatermark, batches: r.bytes() };
          });
        })
        .flat();
    },
  });
