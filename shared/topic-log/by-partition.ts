/**
 * Things by partition: the key under which a Map holds what belongs to a partition, and the records of one publish
 * grouped by the partition they go to.
 */
import { partitionOf } from "../contract/partitioner.ts";
import type { NewRecord, Position } from "./topic-log.ts";

/**
 * The key of a partition in a Map or a Set. The topic is named either by its TopicName or by its full name: one
 * collection holds keys of one kind. It is for memory only: nothing stores it, and nothing reads it back.
 */
export const partitionKey = ({
  topic,
  partition,
}: {
  readonly topic: string;
  readonly partition: number;
}): string => `${topic}/${partition}`;

/** The offsets of positions, by their partitionKey. */
export const offsetsByPartition = (positions: readonly Position[]): Map<string, number> =>
  new Map(positions.map((position) => [partitionKey(position), position.offset]));

/**
 * One entry for each partition that has records, in the order of the partitions. Throws when a record names a partition
 * that the topic does not have.
 */
export function byPartition(
  records: readonly NewRecord[],
  partitions: number,
): { readonly partition: number; readonly records: readonly NewRecord[] }[] {
  const groups: (NewRecord[] | undefined)[] = new Array(partitions);
  for (const record of records) {
    const partition = record.partition ?? partitionOf(record.key, partitions);
    if (!(partition >= 0 && partition < partitions)) throw new Error(`there is no partition ${partition}`);
    const group = groups[partition];
    if (group === undefined) groups[partition] = [record];
    else group.push(record);
  }
  return groups.flatMap((group, partition) => (group === undefined ? [] : [{ partition, records: group }]));
}
