/**
 * Membership in a Kafka consumer group (the classic protocol): joining, the leader's assignment, heartbeats in
 * the background, leaving. Offsets are committed only so that lag tools see them; positions are the follower's.
 */
import type { Connection } from "./connection.ts";
import { typeOf } from "./failures.ts";
import { type Broker, type GroupMember, MemberAssignment, MemberMetadata } from "./kafkajs.ts";

const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
/** How long a rebalance waits for a member that has a batch in hand. */
const REBALANCE_MS = 30_000;
const PROTOCOL = "RoundRobinAssigner";
const NO_DATA = Buffer.alloc(0);

export interface Assigned {
  readonly topic: string;
  readonly partition: number;
}

/** Errors after which joining again is all that is needed. */
const REJOIN: ReadonlySet<string> = new Set([
  "REBALANCE_IN_PROGRESS",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
]);

export class GroupMembership {
  readonly #group: string;
  readonly #topics: readonly string[];
  readonly #partitions: (topic: string) => number;
  /** Kept over a lost connection: the group need not wait for a dead member to expire. */
  #member = "";
  #generation = -1;
  #timer: NodeJS.Timeout | undefined;
  readonly #uncommitted = new Map<string, { topic: string; partition: number; offset: number }>();

  constructor(group: string, topics: readonly string[], partitions: (topic: string) => number) {
    this.#group = group;
    this.#topics = topics;
    this.#partitions = partitions;
  }

  /**
   * Joins, or joins again, and answers which partitions are this member's. From then on `onChange` is called
   * once: without an error when the group is to be joined again, with one when the broker is lost.
   */
  async join(connection: Connection, onChange: (error?: unknown) => void): Promise<Assigned[]> {
    this.pause();
    this.#uncommitted.clear();
    for (;;) {
      try {
        const assigned = await this.#joinOnce(connection);
        this.#timer = setInterval(() => void this.#heartbeat(connection, onChange), HEARTBEAT_MS);
        return assigned;
      } catch (error) {
        const type = typeOf(error);
        if (!REJOIN.has(type)) throw error;
        if (type !== "REBALANCE_IN_PROGRESS") this.#member = "";
      }
    }
  }

  async #joinOnce(connection: Connection): Promise<Assigned[]> {
    const coordinator = await connection.coordinator(this.#group);
    const joined = await coordinator.joinGroup({
      groupId: this.#group,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
      memberId: this.#member,
      groupProtocols: [
        {
          name: PROTOCOL,
          metadata: MemberMetadata.encode({ version: 1, topics: this.#topics, userData: NO_DATA }),
        },
      ],
    });
    this.#member = joined.memberId;
    this.#generation = joined.generationId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId: this.#group,
      generationId: this.#generation,
      memberId: this.#member,
      groupAssignment: joined.leaderId === joined.memberId ? this.#assign(joined.members) : [],
    });
    const mine = MemberAssignment.decode(memberAssignment)?.assignment ?? {};
    return Object.entries(mine)
      .filter(([topic]) => this.#topics.includes(topic))
      .flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));
  }

  #assign(members: readonly GroupMember[]): { memberId: string; memberAssignment: Buffer }[] {
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
      for (let partition = 0; partition < this.#partitions(topic); partition++, turn++) {
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

  /** Notes how far the follower is, for lag tools; sent with a later heartbeat. */
  note(topic: string, partition: number, offset: number): void {
    this.#uncommitted.set(`${topic}/${partition}`, { topic, partition, offset });
  }

  async #heartbeat(connection: Connection, onChange: (error?: unknown) => void): Promise<void> {
    const timer = this.#timer;
    try {
      const coordinator = await connection.coordinator(this.#group);
      await coordinator.heartbeat({
        groupId: this.#group,
        groupGenerationId: this.#generation,
        memberId: this.#member,
      });
      await this.#commit(coordinator);
    } catch (error) {
      // Paused, or joined anew, meanwhile: no longer of interest.
      if (this.#timer === undefined || this.#timer !== timer) return;
      this.pause();
      const type = typeOf(error);
      if (type === "UNKNOWN_MEMBER_ID" || type === "ILLEGAL_GENERATION") this.#member = "";
      onChange(REJOIN.has(type) ? undefined : error);
    }
  }

  async #commit(coordinator: Broker): Promise<void> {
    if (this.#uncommitted.size === 0) return;
    const topics = new Map<string, { partition: number; offset: string }[]>();
    for (const { topic, partition, offset } of this.#uncommitted.values()) {
      const list = topics.get(topic) ?? [];
      topics.set(topic, list);
      list.push({ partition, offset: String(offset) });
    }
    this.#uncommitted.clear();
    await coordinator.offsetCommit({
      groupId: this.#group,
      groupGenerationId: this.#generation,
      memberId: this.#member,
      topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    });
  }

  /** No heartbeats until the next join. */
  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Leaves, so that others take over at once. What cannot be told now expires by itself. */
  async leave(connection: Connection): Promise<void> {
    this.pause();
    if (this.#member === "") return;
    try {
      const coordinator = await connection.coordinator(this.#group);
      await this.#commit(coordinator);
      await coordinator.leaveGroup({ groupId: this.#group, memberId: this.#member });
    } catch {
      // The session's time-out does it.
    }
  }
}
