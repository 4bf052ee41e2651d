/**
 * A real Kafka for tests: the one at KAFKA_BROKERS, or a container where Docker answers. Each test takes a
 * namespace of its own, whose topics and groups are deleted at the end. A suite has it from kafka-of-suite.ts.
 */
import { randomUUID } from "node:crypto";
import * as Redacted from "effect/Redacted";
import type { KafkaSettings } from "#shared/runtime/settings.ts";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { KAFKA_IMAGE, requirement } from "./require.ts";
import { until } from "./until.ts";

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

const PORT = 9092;
const START_SCRIPT = "/tmp/start.sh";
const READY_WITHIN_MS = 60_000;

interface Container {
  readonly brokers: string;
  readonly exec: (command: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The broker must advertise the port that Docker gives it, so it waits for a script that says so. */
const runContainer = async (
  environment: (brokers: string) => Readonly<Record<string, string>>,
  before = "",
): Promise<Container> => {
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts(PORT)
    .withEntrypoint(["sh", "-c", `until [ -f ${START_SCRIPT} ]; do sleep 0.1; done; exec sh ${START_SCRIPT}`])
    .withWaitStrategy(Wait.forSuccessfulCommand("true"))
    .start();
  const brokers = `${container.getHost()}:${container.getMappedPort(PORT)}`;
  const exports = Object.entries({ ...COMMON, ...environment(brokers) })
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join("");
  await container.copyContentToContainer([
    { content: `${before}${exports}exec /etc/kafka/docker/run\n`, target: START_SCRIPT, mode: 0o755 },
  ]);
  return {
    brokers,
    exec: async (command) => {
      const { exitCode, output } = await container.exec([...command]);
      if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${output}`);
      return output;
    },
    stop: async () => {
      await container.stop();
    },
  };
};

const COMMON = {
  KAFKA_NODE_ID: "1",
  KAFKA_PROCESS_ROLES: "broker,controller",
  KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
  KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
};

const startContainer = async (): Promise<Container> => {
  const found = requirement("kafka");
  if (!found.present) throw new Error(found.found);
  const container = await runContainer((brokers) => ({
    KAFKA_LISTENERS: `PLAINTEXT://:${PORT},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${brokers}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
  }));
  await untilItAnswers({ brokers: [container.brokers], tls: null, sasl: null });
  return container;
};

const untilItAnswers = (settings: KafkaSettings): Promise<true> =>
  until(
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

export interface SecureKafka {
  readonly brokers: readonly string[];
  /** Of its certificate, PEM. */
  readonly ca: string;
  /** One for each mechanism. */
  readonly logins: readonly NonNullable<KafkaSettings["sasl"]>[];
  readonly stop: () => Promise<void>;
}

const SECRET = "secret-of-a-test";
const KEYSTORE = "/tmp/broker.p12";
const MAKE_CERTIFICATE = `
keytool=$(dirname "$(readlink -f "$(command -v java)")")/keytool
"$keytool" -genkeypair -alias broker -keyalg RSA -dname CN=localhost -ext san=dns:localhost,ip:127.0.0.1 \\
  -validity 2 -keystore ${KEYSTORE} -storetype PKCS12 -storepass ${SECRET}
"$keytool" -exportcert -rfc -alias broker -keystore ${KEYSTORE} -storepass ${SECRET} -file /tmp/ca.pem
`;

/** A container that speaks only TLS with SASL to the outside. Under `describeWith("container", ...)`. */
export const startSecureKafka = async (): Promise<SecureKafka> => {
  const login = (mechanism: "plain" | "scram-sha-256" | "scram-sha-512") => ({
    mechanism,
    username: `user-${mechanism}`,
    password: Redacted.make(SECRET),
  });
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_user-plain="${SECRET}";`;
  const container = await runContainer(
    (brokers) => ({
      KAFKA_LISTENERS: `SECURE://:${PORT},CONTROLLER://:9093,INSIDE://:9094`,
      KAFKA_ADVERTISED_LISTENERS: `SECURE://${brokers},INSIDE://localhost:9094`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "SECURE:SASL_SSL,CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT",
      KAFKA_INTER_BROKER_LISTENER_NAME: "INSIDE",
      KAFKA_SASL_ENABLED_MECHANISMS: "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
      KAFKA_LISTENER_NAME_SECURE_PLAIN_SASL_JAAS_CONFIG: plain,
      KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___256_SASL_JAAS_CONFIG: scram,
      KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___512_SASL_JAAS_CONFIG: scram,
      KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_TYPE: "PKCS12",
      KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_LOCATION: KEYSTORE,
      KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_PASSWORD: SECRET,
      KAFKA_LISTENER_NAME_SECURE_SSL_KEY_PASSWORD: SECRET,
    }),
    MAKE_CERTIFICATE,
  );
  const logins = (["plain", "scram-sha-256", "scram-sha-512"] as const).map(login);
  const ca = await until(
    "the certificate",
    () => container.exec(["cat", "/tmp/ca.pem"]).catch(() => undefined),
    { within: READY_WITHIN_MS, every: 200 },
  );
  await untilItAnswers({ brokers: [container.brokers], tls: { ca }, sasl: login("plain") });
  for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-512"])
    await container.exec([
      ...["/opt/kafka/bin/kafka-configs.sh", "--bootstrap-server", "localhost:9094", "--alter"],
      ...["--entity-type", "users", "--entity-name", `user-${mechanism.toLowerCase()}`],
      ...["--add-config", `${mechanism}=[password=${SECRET}]`],
    ]);
  return { brokers: [container.brokers], ca, logins, stop: container.stop };
};
