/**
 * One set of connections to the cluster. It is made when it is first used; after a failure it is dropped whole
 * and made anew, from the brokers of the settings, so no state of kafkajs outlives a lost broker.
 */
import { setTimeout } from "node:timers/promises";
import type { KafkaSettings } from "../../settings.ts";
import { LogMismatch } from "../errors.ts";
import { type Broker, type Cluster, int64, makeCluster, type OpenCluster } from "./kafkajs.ts";
import { type FetchedPartition, fetchRequest, type PartitionFetch, topicsRequest } from "./requests.ts";
import type { TopicIds } from "./topic-ids.ts";

/** How long what a broker said of the topics is taken for true by who writes to them. */
const CONFIRMED_FOR_MS = 1_000;

/**
 * A broker that led and was cut off, paused or replaced answers with an end of its own until it knows better: only
 * an end that stays before what was read for so long is believed.
 */
const END_WITHIN_MS = 8_000;
const END_LOOK_MS = 300;

const EARLIEST = -2;
const LATEST = -1;

export interface FullPartition {
  readonly topic: string;
  readonly partition: number;
}

export class Connection {
  readonly #settings: KafkaSettings;
  readonly #topics: readonly string[];
  readonly #clusterId: string;
  readonly #topicIds: TopicIds;
  #open: OpenCluster | undefined;
  #ready: Promise<Cluster> | undefined;
  #closed = false;
  #confirmedAt = Number.NEGATIVE_INFINITY;

  /**
   * `topics`: full names, whose leaders are looked up. Another cluster at the same address is refused, and so are
   * other topics of the same names.
   */
  constructor(settings: KafkaSettings, topics: readonly string[], clusterId: string, topicIds: TopicIds) {
    this.#settings = settings;
    this.#topics = topics;
    this.#clusterId = clusterId;
    this.#topicIds = topicIds;
  }

  /** Connects when it is not. */
  async cluster(): Promise<Cluster> {
    if (this.#closed) throw lost("the connection is closed");
    if (this.#ready === undefined) {
      const open = makeCluster(this.#settings);
      this.#open = open;
      this.#ready = this.#connect(open.cluster);
      // Whoever asked is told; the next one tries anew.
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

  /** Asks anew who leads: after an error that a leader that moved explains, as does a topic made anew. */
  async refresh(): Promise<void> {
    const cluster = await this.cluster();
    await this.#verify(cluster);
    await cluster.refreshMetadata();
  }

  /** Holds the topics against those of before, if nobody did a moment ago: a write to a topic made anew succeeds. */
  async confirm(): Promise<void> {
    const cluster = await this.cluster();
    if (performance.now() - this.#confirmedAt > CONFIRMED_FOR_MS) await this.#verify(cluster);
  }

  /** The items by the broker that leads their partition. */
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
    return (await this.cluster()).findGroupCoordinator({ groupId });
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
  async bounds(partitions: readonly FullPartition[]): Promise<{ start: number; end: number }[]> {
    const [starts, ends] = await Promise.all([
      this.#offsets(partitions, EARLIEST),
      this.#offsets(partitions, LATEST),
    ]);
    return partitions.map((p) => {
      const start = starts.get(`${p.topic}/${p.partition}`);
      const end = ends.get(`${p.topic}/${p.partition}`);
      if (start === undefined || end === undefined)
        throw lost(`the broker says no offsets of ${p.topic} partition ${p.partition}`);
      return { start, end };
    });
  }

  /** The same of partitions that were read up to an offset; their ends are not before it unless it stays so. */
  async boundsOfRead(
    read: readonly (FullPartition & { readonly offset: number })[],
    within = END_WITHIN_MS,
  ): Promise<{ start: number; end: number }[]> {
    const deadline = performance.now() + within;
    for (;;) {
      const bounds = await this.bounds(read);
      if (bounds.every(({ end }, i) => (read[i]?.offset ?? 0) <= end) || performance.now() > deadline)
        return bounds;
      await setTimeout(END_LOOK_MS);
      await this.refresh();
    }
  }

  async #offsets(partitions: readonly FullPartition[], timestamp: number): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const groups = await this.byLeader(partitions);
    await Promise.all(
      [...groups].map(async ([leader, group]) => {
        const broker = await this.broker(leader);
        const { responses } = await broker.listOffsets({
          replicaId: -1,
          isolationLevel: 0,
          topics: [...new Set(group.map((p) => p.topic))].map((topic) => ({
            topic,
            partitions: group
              .filter((p) => p.topic === topic)
              .map(({ partition }) => ({ partition, timestamp })),
          })),
        });
        for (const { topic, partitions: list } of responses)
          for (const { partition, offset } of list) found.set(`${topic}/${partition}`, int64(offset));
      }),
    );
    return found;
  }
}

export const pastTheEnd = ({ topic, partition }: FullPartition, position: number, end: number): LogMismatch =>
  new LogMismatch({
    message: `position ${position} of ${topic} partition ${partition} lies past its end ${end}: the log has lost records that were read, or it is another log`,
  });

/** What waiting may mend, named as kafkajs names such. */
const lost = (message: string, type?: string): Error =>
  Object.assign(new Error(message), {
    name: "KafkaJSConnectionError",
    ...(type === undefined ? {} : { type }),
  });
