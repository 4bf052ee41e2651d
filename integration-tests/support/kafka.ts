/**
 * A real Kafka for tests: the one at KAFKA_BROKERS, or a container where Docker answers. Each test takes a
 * namespace of its own, whose topics and groups are deleted at the end. Use it under `describeWith("kafka", ...)`:
 *
 *   let kafka: TestKafka;
 *   beforeAll(async () => { kafka = await startKafka(); });
 *   afterAll(() => kafka.stop());
 */
import { randomUUID } from "node:crypto";
import type { KafkaSettings } from "#shared/settings.ts";
import { makeAdmin } from "#shared/topic-log/kafka/kafkajs.ts";
import { requirement } from "./require.ts";

export interface TestKafka {
  readonly settings: KafkaSettings;
  /** Value of KAFKA_BROKERS for a program that is started. */
  readonly brokers: string;
  /** A new namespace, cleaned up by `stop`. */
  readonly namespace: () => string;
  /** Deletes topics and groups of the namespaces that were given, and the container if one was started. */
  readonly stop: () => Promise<void>;
}

export const startKafka = async (): Promise<TestKafka> => {
  const { brokers, stop } = process.env.KAFKA_BROKERS
    ? { brokers: process.env.KAFKA_BROKERS, stop: async () => {} }
    : await startContainer();
  const settings: KafkaSettings = { brokers: brokers.split(","), tls: null, sasl: null };
  const namespaces: string[] = [];
  return {
    settings,
    brokers,
    namespace: () => {
      const name = `test-${randomUUID().slice(0, 8)}`;
      namespaces.push(name);
      return name;
    },
    stop: async () => {
      await cleanUp(settings, namespaces);
      await stop();
    },
  };
};

const cleanUp = async (settings: KafkaSettings, namespaces: readonly string[]): Promise<void> => {
  const ours = (name: string) => namespaces.some((namespace) => name.startsWith(`${namespace}.`));
  const admin = makeAdmin(settings);
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter(ours);
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const groups = (await admin.listGroups()).groups.map((g) => g.groupId).filter(ours);
    // A group whose member was killed is not empty yet; it goes by itself.
    if (groups.length > 0) await admin.deleteGroups(groups).catch(() => {});
  } finally {
    await admin.disconnect();
  }
};

const IMAGE = "apache/kafka:4.3.1";
const PORT = 9092;
const START_SCRIPT = "/tmp/start.sh";
const READY_WITHIN_MS = 60_000;

/** The broker must advertise the port that Docker gives it, so it waits for a script that says so. */
const startContainer = async (): Promise<{ brokers: string; stop: () => Promise<void> }> => {
  const found = requirement("kafka");
  if (!found.present) throw new Error(found.found);
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT)
    .withEntrypoint(["sh", "-c", `until [ -f ${START_SCRIPT} ]; do sleep 0.1; done; exec sh ${START_SCRIPT}`])
    .withWaitStrategy(Wait.forSuccessfulCommand("true"))
    .start();
  const brokers = `${container.getHost()}:${container.getMappedPort(PORT)}`;
  const environment = {
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_LISTENERS: `PLAINTEXT://:${PORT},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${brokers}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
  };
  const script = Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join("");
  await container.copyContentToContainer([
    { content: `${script}exec /etc/kafka/docker/run\n`, target: START_SCRIPT, mode: 0o755 },
  ]);
  const settings: KafkaSettings = { brokers: [brokers], tls: null, sasl: null };
  const { until } = await import("./until.ts");
  await until(
    "the Kafka container to answer",
    async () => {
      const admin = makeAdmin(settings);
      try {
        await admin.connect();
        await admin.listTopics();
        return true;
      } catch {
        return false;
      } finally {
        await admin.disconnect();
      }
    },
    { within: READY_WITHIN_MS, every: 200 },
  );
  return {
    brokers,
    stop: async () => {
      await container.stop();
    },
  };
};
