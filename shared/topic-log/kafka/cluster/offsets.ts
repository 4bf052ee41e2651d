/** ListOffsets: the first and the next offset of partitions, each from the broker that leads it. */
import { partitionKey } from "../../by-partition.ts";
import type { FullPartition } from "../topics/names.ts";
import { lost } from "./failures.ts";
import { int64 } from "./kafkajs.ts";
import type { Broker } from "./kafkajs-types.ts";

export interface OffsetBounds {
  /** The first offset that the partition holds. */
  readonly start: number;
  /** The next offset that it will give: its high watermark. */
  readonly end: number;
}

/** The timestamps that mean the first and the next offset. */
const EARLIEST = -2;
const LATEST = -1;

/** The bounds of `partitions`, in their order. `groups`: the same partitions by the broker that leads them. */
export async function offsetBounds(
  partitions: readonly FullPartition[],
  groups: ReadonlyMap<string, readonly FullPartition[]>,
  brokerOf: (leader: string) => Promise<Broker>,
): Promise<OffsetBounds[]> {
  const list = async (timestamp: number): Promise<ReadonlyMap<string, number>> => {
    const answers = await Promise.all(
      [...groups].map(async ([leader, group]) => listOffsets(await brokerOf(leader), group, timestamp)),
    );
    return new Map(answers.flat());
  };
  const [starts, ends] = await Promise.all([list(EARLIEST), list(LATEST)]);
  return partitions.map((p) => {
    const start = starts.get(partitionKey(p));
    const end = ends.get(partitionKey(p));
    if (start === undefined || end === undefined)
      throw lost(`the broker gives no offsets for ${p.topic} partition ${p.partition}`);
    return { start, end };
  });
}

async function listOffsets(
  broker: Broker,
  group: readonly FullPartition[],
  timestamp: number,
): Promise<[string, number][]> {
  const { responses } = await broker.listOffsets({
    replicaId: -1,
    isolationLevel: 0,
    topics: [...new Set(group.map((p) => p.topic))].map((topic) => ({
      topic,
      partitions: group.filter((p) => p.topic === topic).map(({ partition }) => ({ partition, timestamp })),
    })),
  });
  return responses.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }): [string, number] => [
      partitionKey({ topic, partition }),
      int64(offset),
    ]),
  );
}
