/**
 * One set of connections to the cluster: it finds leaders and coordinators, sends requests, and refuses a cluster or
 * topics that are not those of before (LogMismatch). It connects when it is first used. After a failure its owner drops
 * it whole, and the next use connects again to the brokers of the settings: no state of kafkajs outlives a lost broker.
 * It retries nothing, except for an end that seems to have moved back. Its errors are those of kafkajs; failures.ts
 * says what they mean.
 */
import { setTimeout } from "node:timers/promises";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { KafkaSettings } from "../../../runtime/settings.ts";
import { LogMismatch } from "../../errors.ts";
import { type FetchedPartition, fetchRequest, type PartitionFetch } from "../protocol/fetch.ts";
import { topicsRequest } from "../protocol/metadata.ts";
import type { FullPartition } from "../topics/names.ts";
import type { TopicIds } from "../topics/topic-ids.ts";
import { lost } from "./failures.ts";
import { makeCluster, type OpenCluster } from "./kafkajs.ts";
import type { Broker, Cluster } from "./kafkajs-types.ts";
import { type OffsetBounds, offsetBounds } from "./offsets.ts";

/** How long a producer relies on the last check of the ids of the topics. */
const CONFIRMED_FOR_MS = 1_000;

/**
 * A broker that led and was cut off, paused or replaced answers with an old end until it learns of the new leader. So
 * an end that lies before an offset that was read counts only when it has stayed there for END_WITHIN_MS.
 */
const END_WITHIN_MS = 8_000;
const END_LOOK_MS = 300;

/** The error of kafkajs when each broker has refused to name a coordinator. */
const UNSAID = "KafkaJSGroupCoordinatorNotFound";
/** The type of coordinator to ask for: the one of a group. */
const GROUP = 0;

export class Connection {
  readonly #settings: KafkaSettings;
  readonly #topics: readonly string[];
  readonly #clusterId: string;
  readonly #topicIds: TopicIds;
  #open: OpenCluster | undefined;
  #ready: Promise<Cluster> | undefined;
  #closed = false;
  #confirmedAt = Number.NEGATIVE_INFINITY;

  /** `topics`: full names of those whose leaders it knows. `clusterId`, `topicIds`: those it must find there. */
  constructor(settings: KafkaSettings, topics: readonly string[], clusterId: string, topicIds: TopicIds) {
    this.#settings = settings;
    this.#topics = topics;
    this.#clusterId = clusterId;
    this.#topicIds = topicIds;
  }

  /** Connects first when it is not connected. */
  async cluster(): Promise<Cluster> {
    if (this.#closed) throw lost("the connection is closed");
    if (this.#ready === undefined) {
      const open = makeCluster(this.#settings);
      this.#open = open;
      this.#ready = this.#connect(open.cluster);
      // Each caller gets the error; the next call connects again.
      this.#ready.catch(() => (this.#open === open ? this.drop() : undefined));
    }
    return this.#ready;
  }

  async #connect(cluster: Cluster): Promise<Cluster> {
    await cluster.connect();
    await this.#verify(cluster);
    await cluster.addMultipleTargetTopics(this.#topics);
    return cluster;
  }

  async #verify(cluster: Cluster): Promise<void> {
    const broker = await cluster.brokerPool.findConnectedBroker();
    const { clusterId: found, topics } = await broker.connectionPool.send(
      topicsRequest(this.#topicIds.watched),
    );
    if (found !== this.#clusterId)
      throw new LogMismatch({
        message: `Kafka at ${this.#settings.brokers.join(",")} is now cluster ${found}, and was ${this.#clusterId}: set KAFKA_BROKERS back, or choose another --data directory`,
      });
    this.#topicIds.verify(topics);
    this.#confirmedAt = performance.now();
  }

  /** Cuts the connections; the next use makes new ones. */
  async drop(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#ready = undefined;
    await open?.cut().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.drop();
  }

  /** Refreshes the metadata. Call it after an error that a moved leader explains; a topic created again explains it too. */
  async refresh(): Promise<void> {
    const cluster = await this.cluster();
    await this.#verify(cluster);
    await cluster.refreshMetadata();
  }

  /** Checks the ids of the topics unless it has just done so. Call it before a write: one to a topic created again succeeds. */
  async confirm(): Promise<void> {
    const cluster = await this.cluster();
    if (performance.now() - this.#confirmedAt > CONFIRMED_FOR_MS) await this.#verify(cluster);
  }

  /** The items by the id of the broker that leads their partition. */
  async byLeader<A extends FullPartition>(items: readonly A[]): Promise<Map<string, A[]>> {
    const cluster = await this.cluster();
    const groups = new Map<string, A[]>();
    for (const item of items) {
      const leader = Object.keys(cluster.findLeaderForPartitions(item.topic, [item.partition]))[0];
      if (leader === undefined) {
        await this.refresh();
        throw lost(`${item.topic} partition ${item.partition} has no leader`, "LEADER_NOT_AVAILABLE");
      }
      const group = groups.get(leader);
      if (group === undefined) groups.set(leader, [item]);
      else group.push(item);
    }
    return groups;
  }

  async broker(nodeId: string): Promise<Broker> {
    return (await this.cluster()).findBroker({ nodeId });
  }

  async coordinator(groupId: string): Promise<Broker> {
    const cluster = await this.cluster();
    try {
      return await cluster.findGroupCoordinator({ groupId });
    } catch (error) {
      if (!(error instanceof Error && error.name === UNSAID)) throw error;
      // kafkajs drops what the brokers answered, which may be that an ACL is missing: this request throws it.
      const broker = await cluster.brokerPool.findConnectedBroker();
      await broker.findGroupCoordinator({ groupId, coordinatorType: GROUP });
      throw error;
    }
  }

  async fetch(
    leader: string,
    wanted: readonly PartitionFetch[],
    maxWaitMs: number,
  ): Promise<FetchedPartition[]> {
    const broker = await this.broker(leader);
    return broker.connectionPool.send(fetchRequest(wanted, maxWaitMs));
  }

  /** Start and end offsets, in the order of `partitions`. */
  async bounds(partitions: readonly FullPartition[]): Promise<OffsetBounds[]> {
    return offsetBounds(partitions, await this.byLeader(partitions), (leader) => this.broker(leader));
  }

  /** The same for partitions that were read up to an offset. Waits up to `within` ms for an end before it to pass. */
  async boundsOfRead(
    read: readonly (FullPartition & { readonly offset: number })[],
    within = END_WITHIN_MS,
  ): Promise<OffsetBounds[]> {
    const deadline = performance.now() + within;
    for (;;) {
      const bounds = await this.bounds(read);
      if (bounds.every(({ end }, i) => (read[i]?.offset ?? 0) <= end) || performance.now() > deadline)
        return bounds;
      await setTimeout(END_LOOK_MS);
      await this.refresh();
    }
  }
}

/** A connection that is closed with the scope. */
export const openConnection = (
  ...options: ConstructorParameters<typeof Connection>
): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Connection(...options)),
    (connection) => Effect.promise(() => connection.close()),
  );
