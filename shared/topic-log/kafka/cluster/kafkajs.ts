/**
 * The only file that imports kafkajs (2.2.4). It uses the library's connections with TLS and SASL, its metadata, its
 * requests of groups and its admin client. Producing and fetching are our own (../writing, ../reading): the library's
 * encoders are slow, its idempotent producer can lose a batch with two sends in flight, and its consumer can stop while
 * the process lives on. The package is no longer developed and its version is exact, so it is safe to require its inner
 * modules. kafkajs-types.ts declares the types of the parts that it does not declare itself.
 */
import { createRequire } from "node:module";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions as TlsOptions } from "node:tls";
import * as Redacted from "effect/Redacted";
import type { Admin } from "kafkajs";
import kafkajs from "kafkajs";
import type { KafkaSettings } from "../../../runtime/settings.ts";
import { CODES } from "../protocol/codes.ts";
import type { AssignerProtocol, Cluster } from "./kafkajs-types.ts";

export type { Admin } from "kafkajs";

const require = createRequire(import.meta.url);

const CONNECT_MS = 3_000;
const REQUEST_MS = 15_000;
const CLIENT_ID = "ventes";
/** Errors refresh the metadata when a leader has moved; this age is for changes that cause no error. */
const METADATA_MAX_AGE_MS = 60_000;

// ---- repairs

interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
}
const RequestQueueClass = require("kafkajs/src/network/requestQueue") as { prototype: RequestQueue };
const schedule = RequestQueueClass.prototype.scheduleCheckPendingRequests;
/** kafkajs arms a 1 ms timer for ever on each connection. With this it does so only while requests are pending. */
RequestQueueClass.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};

const { errorCodes } = require("kafkajs/src/protocol/error") as {
  errorCodes: { code: number; type: string; retriable: boolean; message: string }[];
};
/** kafkajs gives all codes that are newer than itself one name. With this it gives each its own. */
for (const { code, name } of CODES)
  if (errorCodes.every((known) => known.code !== code))
    errorCodes.push({ code, type: name, retriable: false, message: `Kafka answers ${name}` });

// ---- opening

const { createLogger } = require("kafkajs/src/loggers") as {
  createLogger(o: { level: number; logCreator: () => () => void }): unknown;
};
/** No log lines: they are no sentences for users, and each problem arrives as an error too. */
const silent = () => createLogger({ level: kafkajs.logLevel.NOTHING, logCreator: () => () => {} });

interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly ssl?: TlsOptions;
  readonly onConnect: () => void;
}
const KEEP_ALIVE_MS = 60_000;

/** Opens sockets as kafkajs does, and keeps them in `sockets`: kafkajs ends only after requests in flight; we cut. */
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

/** The options of kafkajs for these settings, with their secrets. */
export const clientOptions = ({ brokers, tls, sasl }: KafkaSettings) => ({
  brokers: [...brokers],
  clientId: CLIENT_ID,
  connectionTimeout: CONNECT_MS,
  authenticationTimeout: REQUEST_MS,
  reauthenticationThreshold: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  // Enough to try each broker once. Our own schedules wait longer, and tell the user.
  retry: { retries: brokers.length, initialRetryTime: 50, maxRetryTime: 500 },
  ...(tls === null ? {} : { ssl: { ...tls, ...(tls.key && { key: Redacted.value(tls.key) }) } }),
  ...(sasl === null ? {} : { sasl: { ...sasl, password: Redacted.value(sasl.password) } }),
});

export interface OpenCluster {
  readonly cluster: Cluster;
  /** Cuts all connections: requests in flight fail. */
  readonly cut: () => Promise<void>;
}

/** A set of connections that is not connected yet. */
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
      // kafkajs rejects requests in flight only when the socket ends with an error.
      for (const socket of sockets)
        socket.destroy(Object.assign(new Error("the connection was cut"), { code: "ECONNABORTED" }));
      await cluster.disconnect();
    },
  };
}

/** The admin client: for topics and their settings. The caller connects and disconnects it. */
export const makeAdmin = (settings: KafkaSettings): Admin =>
  new kafkajs.Kafka({
    ...(clientOptions(settings) as ConstructorParameters<typeof kafkajs.Kafka>[0]),
    logLevel: kafkajs.logLevel.NOTHING,
    logCreator: () => () => {},
  }).admin();

export const TOPIC_RESOURCE = kafkajs.ConfigResourceTypes.TOPIC;

/** int64 as kafkajs gives it (a Long, a string). */
export const int64 = (value: unknown): number => Number(String(value));

/** How a member encodes its topics and the leader encodes an assignment. */
export const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol as unknown as AssignerProtocol;
