/**
 * Membership in a Kafka consumer group (the classic protocol): joining, heartbeats in the background, leaving. It
 * commits offsets only so that lag tools see them: nothing reads them back, because the follower keeps its own
 * positions. It does not promise that a partition has one holder; between two rebalances a slow member may still work
 * on a partition that another one holds.
 */
import { partitionKey } from "../../by-partition.ts";
import type { Connection } from "../cluster/connection.ts";
import { typeOf } from "../cluster/failures.ts";
import type { Broker } from "../cluster/kafkajs-types.ts";
import type { FullPartition } from "../topics/names.ts";
import { assignmentOf, dealt, PROTOCOL, subscription } from "./assignment.ts";

const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
/** How long a rebalance waits for a member that still works on a batch. */
const REBALANCE_MS = 30_000;

/** How often it joins in a row. Then the session ends, and the next one waits. */
const JOINS = 3;

/** Types of errors after which the member joins again on the same connection. */
const REJOIN: ReadonlySet<string> = new Set([
  "REBALANCE_IN_PROGRESS",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
]);

export class GroupMembership {
  readonly #group: string;
  readonly #topics: readonly string[];
  readonly #partitions: (topic: string) => number;
  /** The member id. Kept over a lost connection, so that the group does not wait for the old member to expire. */
  #member = "";
  #generation = -1;
  #timer: NodeJS.Timeout | undefined;
  readonly #uncommitted = new Map<string, FullPartition & { readonly offset: number }>();

  constructor(group: string, topics: readonly string[], partitions: (topic: string) => number) {
    this.#group = group;
    this.#topics = topics;
    this.#partitions = partitions;
  }

  /**
   * Joins, or joins again, and returns the partitions of this member. Afterwards it calls `onChange` once: without an
   * error when the member must join again, with one when the broker is lost. Fails after JOINS joins that each ended in
   * a rebalance or an unknown member.
   */
  async join(connection: Connection, onChange: (error?: unknown) => void): Promise<FullPartition[]> {
    this.pause();
    this.#uncommitted.clear();
    for (let left = JOINS; ; left--) {
      try {
        const assigned = await this.#joinOnce(connection);
        this.#timer = setInterval(() => void this.#heartbeat(connection, onChange), HEARTBEAT_MS);
        return assigned;
      } catch (error) {
        const type = typeOf(error);
        if (!REJOIN.has(type)) throw error;
        if (type !== "REBALANCE_IN_PROGRESS") this.#member = "";
        if (left <= 1) throw error;
      }
    }
  }

  async #joinOnce(connection: Connection): Promise<FullPartition[]> {
    const coordinator = await connection.coordinator(this.#group);
    const joined = await coordinator.joinGroup({
      groupId: this.#group,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS,
      memberId: this.#member,
      groupProtocols: [{ name: PROTOCOL, metadata: subscription(this.#topics) }],
    });
    this.#member = joined.memberId;
    this.#generation = joined.generationId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId: this.#group,
      generationId: this.#generation,
      memberId: this.#member,
      groupAssignment: joined.leaderId === joined.memberId ? dealt(joined.members, this.#partitions) : [],
    });
    return assignmentOf(memberAssignment).filter(({ topic }) => this.#topics.includes(topic));
  }

  /** Notes the position of a partition for lag tools; a later heartbeat commits it. */
  note(topic: string, partition: number, offset: number): void {
    this.#uncommitted.set(partitionKey({ topic, partition }), { topic, partition, offset });
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
      // The member was paused or has joined again in the meantime: the error is of the past.
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

  /** Stops the heartbeats until the next join. */
  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Leaves, so that others take over at once. When the broker does not answer, the member expires. */
  async leave(connection: Connection): Promise<void> {
    this.pause();
    if (this.#member === "") return;
    try {
      const coordinator = await connection.coordinator(this.#group);
      await this.#commit(coordinator);
      await coordinator.leaveGroup({ groupId: this.#group, memberId: this.#member });
    } catch {
      // The member expires after SESSION_MS.
    }
  }
}
