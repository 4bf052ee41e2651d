/**
 * What we use of kafkajs 2.2.4, and the only place that imports it: connections with TLS and SASL, metadata, the
 * requests of groups, and its admin client. Producing and fetching have their own encoders here, because the
 * library's are slow, its idempotent producer can lose a batch with two sends in flight, and its consumer can
 * stop while the process lives on. The package is frozen, so reaching into it is safe; the version is exact.
 */
import { createRequire } from "node:module";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions as TlsOptions } from "node:tls";
import type { Admin } from "kafkajs";
import kafkajs from "kafkajs";
import type { KafkaSettings } from "../../settings.ts";

const require = createRequire(import.meta.url);

/** A request as a connection sends it, and how its answer is read. */
export interface WireRequest<A> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<A>;
    readonly parse: (decoded: A) => Promise<A>;
  };
  readonly requestTimeout?: number;
}

export interface GroupMember {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
}

export interface Broker {
  readonly connectionPool: { send<A>(request: WireRequest<A>): Promise<A> };
  initProducerId(o: { readonly transactionTimeout: number }): Promise<{
    readonly producerId: unknown;
    readonly producerEpoch: number;
  }>;
  listOffsets(o: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly PartitionOffset[];
    }[];
  }>;
  joinGroup(o: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{
    readonly generationId: number;
    readonly leaderId: string;
    readonly memberId: string;
    readonly members: readonly GroupMember[];
  }>;
  syncGroup(o: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(o: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  leaveGroup(o: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  offsetCommit(o: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly PartitionOffset[];
    }[];
  }): Promise<unknown>;
}

export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  findBroker(o: { readonly nodeId: string }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(o: { readonly groupId: string }): Promise<Broker>;
}

const CONNECT_MS = 3_000;
const REQUEST_MS = 15_000;
const CLIENT_ID = "ventes";
/** Metadata is asked again when a leader has moved; this is for what moves without a word. */
const METADATA_MAX_AGE_MS = 60_000;

// ---- mends

interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
}
const RequestQueueClass = require("kafkajs/src/network/requestQueue") as { prototype: RequestQueue };
const schedule = RequestQueueClass.prototype.scheduleCheckPendingRequests;
/** It arms a 1 ms timer for ever, on every connection, with nothing to look at. */
RequestQueueClass.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};

// ---- opening

const { createLogger } = require("kafkajs/src/loggers") as {
  createLogger(o: { level: number; logCreator: () => () => void }): unknown;
};
/** Its log lines are no sentences for users: what matters arrives as errors, and becomes our states. */
const silent = () => createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: () => () => {} });

interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly ssl?: TlsOptions;
  readonly onConnect: () => void;
}
const KEEP_ALIVE_MS = 60_000;

/** As kafkajs opens them, kept in `sockets`: to end it waits for requests under way, we cut. */
const socketFactory =
  (sockets: Set<Socket>, isCut: () => boolean) =>
  ({ host, port, ssl, onConnect }: SocketOptions): Socket => {
    if (isCut()) throw new Error("the connection was cut");
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };

const ClusterClass = require("kafkajs/src/cluster") as new (options: Record<string, unknown>) => Cluster;

/** The options of kafkajs that the settings say. */
export const clientOptions = (settings: KafkaSettings) => ({
  brokers: [...settings.brokers],
  clientId: CLIENT_ID,
  connectionTimeout: CONNECT_MS,
  authenticationTimeout: REQUEST_MS,
  reauthenticationThreshold: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  // Enough to go once through the list. Waiting is ours to do, where it can be told.
  retry: { retries: settings.brokers.length, initialRetryTime: 50, maxRetryTime: 500 },
  ...(settings.tls === null ? {} : { ssl: { ...settings.tls } }),
  ...(settings.sasl === null ? {} : { sasl: { ...settings.sasl } }),
});

export interface OpenCluster {
  readonly cluster: Cluster;
  /** Cuts every connection: requests under way fail. */
  readonly cut: () => Promise<void>;
}

export function makeCluster(settings: KafkaSettings): OpenCluster {
  const sockets = new Set<Socket>();
  let isCut = false;
  const cluster = new ClusterClass({
    ...clientOptions(settings),
    logger: silent(),
    socketFactory: socketFactory(sockets, () => isCut),
    enforceRequestTimeout: true,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: 0,
  });
  return {
    cluster,
    cut: async () => {
      isCut = true;
      // Only an error makes kafkajs reject what is under way.
      for (const socket of sockets)
        socket.destroy(Object.assign(new Error("the connection was cut"), { code: "ECONNABORTED" }));
      await cluster.disconnect();
    },
  };
}

export const makeAdmin = (settings: KafkaSettings): Admin =>
  new kafkajs.Kafka({
    ...(clientOptions(settings) as ConstructorParameters<typeof kafkajs.Kafka>[0]),
    logLevel: kafkajs.logLevel.NOTHING,
    logCreator: () => () => {},
  }).admin();

export const TOPIC_RESOURCE = kafkajs.ConfigResourceTypes.TOPIC;

/** int64 as kafkajs gives it (a Long, a string). */
export const int64 = (value: unknown): number => Number(String(value));

interface AssignerProtocol {
  readonly MemberMetadata: {
    encode(o: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
    decode(buffer: Buffer): { readonly topics: readonly string[] };
  };
  readonly MemberAssignment: {
    encode(o: { version: number; assignment: Record<string, number[]>; userData: Buffer }): Buffer;
    decode(buffer: Buffer): { readonly assignment: Record<string, number[]> } | null;
  };
}
export const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol as unknown as AssignerProtocol;
