/** The records of one publish by the partition they belong to, in their order. */
import { partitionOf } from "../partitioner.ts";
import type { NewRecord } from "./topic-log.ts";

/** One entry for each partition that has records, by partition. */
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
