/**
 * How the leader of a group deals the partitions to its members: round robin over the topics and the members, both
 * sorted, so that the same group always gets the same assignment. Encoded as kafkajs encodes it.
 */
import { MemberAssignment, MemberMetadata } from "../cluster/kafkajs.ts";
import type { GroupMember } from "../cluster/kafkajs-types.ts";
import type { FullPartition } from "../topics/names.ts";

/** The name of the protocol in the group: all members must name the same one. */
export const PROTOCOL = "RoundRobinAssigner";

const NO_DATA = Buffer.alloc(0);

/** The encoded topics that a member follows, which it sends when it joins. */
export const subscription = (topics: readonly string[]): Buffer =>
  MemberMetadata.encode({ version: 1, topics, userData: NO_DATA });

/** The partitions of an encoded assignment. */
export const assignmentOf = (encoded: Buffer): FullPartition[] =>
  Object.entries(MemberAssignment.decode(encoded)?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );

/** The assignment of each member. `partitions`: how many a topic has; 0 for a topic that is none of ours. */
export function dealt(
  members: readonly GroupMember[],
  partitions: (topic: string) => number,
): { memberId: string; memberAssignment: Buffer }[] {
  const sharing = members
    .map((m) => ({
      id: m.memberId,
      topics: MemberMetadata.decode(m.memberMetadata).topics,
      assignment: {} as Record<string, number[]>,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  let turn = 0;
  for (const topic of [...new Set(sharing.flatMap((m) => m.topics))].sort()) {
    const followers = sharing.filter((m) => m.topics.includes(topic));
    for (let partition = 0; partition < partitions(topic); partition++, turn++) {
      const member = followers[turn % followers.length];
      if (member === undefined) continue;
      const list = member.assignment[topic] ?? [];
      member.assignment[topic] = list;
      list.push(partition);
    }
  }
  return sharing.map(({ id, assignment }) => ({
    memberId: id,
    memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: NO_DATA }),
  }));
}
