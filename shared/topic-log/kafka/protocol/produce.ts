/** Produce v7 (Kafka 2.1 and later): appends record batches, acknowledged by all in-sync replicas. */
import { byTopic, type WireRequest, wireRequest } from "./request.ts";

const ACKS_ALL = -1;
/** How long the leader waits for its replicas before it answers REQUEST_TIMED_OUT. */
const REPLICAS_MS = 10_000;

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

/** One batch of each partition; the leader that is asked leads all of them. */
export const produceRequest = (parts: readonly PartitionProduce[]): WireRequest<ProducedPartition[]> =>
  wireRequest({
    apiKey: 0,
    apiVersion: 7,
    apiName: "Produce",
    write: (w) =>
      w
        .string(null) // no transaction
        .int16(ACKS_ALL)
        .int32(REPLICAS_MS)
        .array(byTopic(parts), ([topic, list]) =>
          w.string(topic).array(list, (p) => w.int32(p.partition).bytes(p.batch)),
        ),
    read: (r) =>
      r
        .array(() => {
          const topic = r.string();
          return r.array(() => {
            const produced = { topic, partition: r.int32(), errorCode: r.int16(), baseOffset: r.int64() };
            r.int64(); // log append time
            r.int64(); // log start offset
            return produced;
          });
        })
        .flat(),
  });
