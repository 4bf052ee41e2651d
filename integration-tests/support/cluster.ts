/**
 * A real cluster of three Kafka brokers (replication 3, min.insync.replicas 2) whose brokers can be killed, paused
 * and started again. By the command that VENTES_TEST_CLUSTER names (`start 3`, `kill N`, `pause N`, `cont N`,
 * `up N`, `stop`; KAFKA_HOME and KAFKA_PORT say where), else three containers. Use it under
 * `describeWith("cluster", ...)`; `stop` in afterAll.
 */
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KafkaSettings } from "#shared/runtime/settings.ts";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { freePort, isFree } from "./ports.ts";
import { KAFKA_IMAGE } from "./require.ts";
import { until } from "./until.ts";

export const BROKERS = 3;

export interface Cluster {
  /** host:port of brokers 1, 2, 3. */
  readonly brokers: readonly string[];
  readonly settings: KafkaSettings;
  /** kill -9. */
  readonly kill: (broker: number) => Promise<void>;
  /** SIGSTOP, or what a container has of it: it holds its connections and answers nothing. */
  readonly pause: (broker: number) => Promise<void>;
  readonly wake: (broker: number) => Promise<void>;
  /** Starts a killed broker on the data it had. */
  readonly start: (broker: number) => Promise<void>;
  /** Brings every broker back, and waits until each partition has all its replicas in sync. */
  readonly heal: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const HEALED_WITHIN_MS = 120_000;

interface Machine {
  readonly brokers: readonly string[];
  readonly do: (what: "kill" | "pause" | "cont" | "up", broker: number) => Promise<unknown>;
  readonly stop: () => Promise<unknown>;
}

export const startCluster = async (): Promise<Cluster> => {
  const command = process.env.VENTES_TEST_CLUSTER;
  const machine = await (command ? byCommand(command) : byContainers());
  const settings: KafkaSettings = { brokers: machine.brokers, tls: null, sasl: null };
  const killed = new Set<number>();
  const paused = new Set<number>();
  const wake = async (broker: number): Promise<void> => {
    if (paused.delete(broker)) await machine.do("cont", broker);
  };
  const start = async (broker: number): Promise<void> => {
    if (killed.delete(broker)) await machine.do("up", broker);
  };
  const heal = async (): Promise<void> => {
    for (const broker of [...paused]) await wake(broker);
    for (const broker of [...killed]) await start(broker);
    await until("every replica to be in sync", () => inSync(settings), {
      within: HEALED_WITHIN_MS,
      every: 250,
    });
  };
  try {
    await heal();
  } catch (error) {
    await machine.stop();
    throw error;
  }
  return {
    brokers: machine.brokers,
    settings,
    kill: async (broker) => {
      await wake(broker);
      if (killed.has(broker)) return;
      killed.add(broker);
      await machine.do("kill", broker);
    },
    pause: async (broker) => {
      if (killed.has(broker) || paused.has(broker)) return;
      paused.add(broker);
      await machine.do("pause", broker);
    },
    wake,
    start,
    heal,
    stop: async () => {
      for (const broker of [...paused]) await wake(broker);
      await machine.stop();
    },
  };
};

/** All brokers are there, and each partition has as many replicas in sync as it has. */
const inSync = async (settings: KafkaSettings): Promise<boolean> => {
  const admin = makeAdmin(settings);
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length < BROKERS) return false;
    const { topics } = await admin.fetchTopicMetadata();
    return topics.every((t) =>
      t.partitions.every((p) => p.leader >= 0 && p.isr.length === p.replicas.length),
    );
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
};

// ---- by a command

const PORT_STEP = 100;

/** A port with its neighbours (each broker has two) free now. */
const freePorts = async (): Promise<number> => {
  for (let port = 24_092; port < 32_000; port += 37) {
    const wanted = Array.from({ length: BROKERS }, (_, i) => [
      port + i * PORT_STEP,
      port + i * PORT_STEP + 1,
    ]);
    if ((await Promise.all(wanted.flat().map(isFree))).every(Boolean)) return port;
  }
  throw new Error("no free ports for three brokers");
};

const byCommand = async (command: string): Promise<Machine> => {
  const port = await freePorts();
  const env = {
    KAFKA_HEAP_OPTS: "-Xmx384m",
    ...process.env,
    KAFKA_HOME: mkdtempSync(join(tmpdir(), "ventes-cluster-")),
    KAFKA_PORT: String(port),
  };
  const run = (...args: readonly string[]) =>
    promisify(execFile)(command, [...args], { env, timeout: 240_000 });
  const stop = () => run("stop");
  try {
    await run("start", String(BROKERS));
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  return {
    brokers: Array.from({ length: BROKERS }, (_, i) => `127.0.0.1:${port + i * PORT_STEP}`),
    do: (what, broker) => run(what, String(broker)),
    stop,
  };
};

// ---- by containers

const CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg";
const nameOf = (broker: number): string => `kafka-${broker}`;

/** Ports of the host are fixed: a container that is started again would get another. */
const byContainers = async (): Promise<Machine> => {
  const { GenericContainer, Network, Wait } = await import("testcontainers");
  const docker = (...args: readonly string[]) => promisify(execFile)("docker", [...args]);
  const network = await new Network().start();
  const voters = Array.from({ length: BROKERS }, (_, i) => `${i + 1}@${nameOf(i + 1)}:9093`).join(",");
  const ports = await Promise.all(Array.from({ length: BROKERS }, () => freePort()));
  const containers = await Promise.all(
    ports.map((port, i) =>
      new GenericContainer(KAFKA_IMAGE)
        .withNetwork(network)
        .withNetworkAliases(nameOf(i + 1))
        .withExposedPorts({ container: 9092, host: port })
        .withEnvironment({
          CLUSTER_ID,
          KAFKA_NODE_ID: String(i + 1),
          KAFKA_PROCESS_ROLES: "broker,controller",
          KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
          KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
          KAFKA_INTER_BROKER_LISTENER_NAME: "INSIDE",
          KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093,INSIDE://:9094",
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port},INSIDE://${nameOf(i + 1)}:9094`,
          KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT",
          KAFKA_DEFAULT_REPLICATION_FACTOR: "3",
          KAFKA_MIN_INSYNC_REPLICAS: "2",
          KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "3",
          KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: "4",
          KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "3",
          KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "2",
          KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
          KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
          KAFKA_HEAP_OPTS: "-Xmx384m",
        })
        // `heal` waits until they answer.
        .withWaitStrategy(Wait.forSuccessfulCommand("true"))
        .start(),
    ),
  );
  const verbs = { kill: "kill", pause: "pause", cont: "unpause", up: "start" } as const;
  return {
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    do: (what, broker) => docker(verbs[what], (containers[broker - 1] as { getId(): string }).getId()),
    stop: async () => {
      await Promise.all(containers.map((c) => c.stop()));
      await network.stop();
    },
  };
};
