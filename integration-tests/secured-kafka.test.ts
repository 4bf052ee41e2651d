/**
 * A real broker with TLS, SASL and an authorizer: each component works with the rights that `docker/kafka-acls` gives
 * it, and a wrong password, a wrong authority, a missing TLS and a missing right each end in one sentence that says
 * what to set.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { ROOT } from "../checks/tree.ts";
import { SELF_SIGNED } from "../producer/testing/certificate.ts";
import { describeWith } from "./support/describe-with.ts";
import { ventes } from "./support/in-process.ts";
import { freePort, isFree } from "./support/ports.ts";
import { firstValue } from "./support/query.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const COMMAND = process.env.VENTES_TEST_CLUSTER;
const PASSWORD = "a-password-of-tests";
const COMPONENTS = ["admin", "producer", "consumer", "analyzer"] as const;
type Component = (typeof COMPONENTS)[number];

/** Three ports in a row that are free now: for clients, the controller, and the test's own superuser. */
const freePorts = async (): Promise<number> => {
  const first = await freePort();
  for (const next of [first + 1, first + 2]) if (!(await isFree(next))) return freePorts();
  return first;
};

const CREDENTIALS = [...COMPONENTS.map((name) => `ventes-${name}`), "stranger"];

const settingsOfBroker = (port: number, keystore: string): string => `
listeners=SASL_SSL://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},SUPER://127.0.0.1:${port + 2}
advertised.listeners=SASL_SSL://127.0.0.1:${port},SUPER://127.0.0.1:${port + 2}
listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT,SUPER:PLAINTEXT
inter.broker.listener.name=SUPER
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required ${CREDENTIALS.map((user) => `user_${user}="${PASSWORD}"`).join(" ")};
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location=${keystore}
`;

describeWith("cluster", "Kafka with TLS, SASL and an authorizer", () => {
  describe.skipIf(COMMAND === undefined)("by the command of VENTES_TEST_CLUSTER", () => {
    let port = 0;
    let home = "";
    let authority = "";
    const kafka = (...args: readonly string[]): string =>
      execFileSync(COMMAND ?? "", args, {
        encoding: "utf8",
        env: {
          ...process.env,
          KAFKA_HEAP_OPTS: "-Xmx256m",
          KAFKA_HOME: home,
          KAFKA_PORT: String(port),
          KAFKA_EXTRA: settingsOfBroker(port, join(home, "..", "broker.pem")),
        },
      });
    const superuser = () => makeAdmin({ brokers: [`127.0.0.1:${port + 2}`], tls: null, sasl: null });
    const env = (user: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      KAFKA_TLS: "1",
      KAFKA_CA_FILE: authority,
      KAFKA_USERNAME: user,
      KAFKA_PASSWORD: PASSWORD,
      ...more,
    });
    const as = (component: Component) => env(`ventes-${component}`);

    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), "ventes-secured-"));
      home = join(folder, "kafka");
      mkdirSync(home);
      authority = join(folder, "ca.pem");
      writeFileSync(authority, SELF_SIGNED.cert);
      writeFileSync(join(folder, "broker.pem"), `${SELF_SIGNED.key}\n${SELF_SIGNED.cert}\n`, { mode: 0o600 });
      port = await freePorts();
      kafka("start");
      const admin = superuser();
      await admin.connect();
      await admin.createAcls({ acl: aclsOf("ventes") });
      await admin.disconnect();
    }, 240_000);
    afterAll(() => {
      kafka("stop");
      rmSync(join(home, ".."), { recursive: true });
    }, 60_000);

    it("each component does its work with its own rights alone; one that loses a right says which", async () => {
      const folder = scratchDirectory();
      const file = join(folder, "ventes.csv");
      writeFileSync(
        file,
        "id_vente;id_produit;nom;prix;id_magasin;ville;date;quantite\n1;P1;Thé;2,50;M1;Brest;2024-01-31;2\n",
      );
      const data = (name: string) => ["--data", join(folder, name)];
      // A broker that has just started may take longer over its first TLS connection than hello waits.
      let hello = await ventes(["hello", ...data("producer")], { env: as("admin") });
      for (let n = 1; n < 10 && hello.stderr.includes("no answer"); n++)
        hello = await ventes(["hello", ...data("producer")], { env: as("admin") });
      expect([hello.stderr, hello.code]).toEqual([hello.stderr, 0]);
      const added = await ventes(["sources", "add", file, ...data("producer")], { env: as("admin") });
      expect(added).toMatchObject({ code: 0 });

      const producer = startVentes(["producer", ...data("producer")], { env: as("producer") });
      const consumer = startVentes(["consumer", ...data("database")], { env: as("consumer") });
      const analyzer = startVentes(["analyzer", ...data("database"), "--port", "0"], { env: as("analyzer") });
      const total = () =>
        firstValue(
          join(folder, "database"),
          "SELECT millioniemes FROM analyses WHERE nom = 'chiffre_affaires_total'",
        );
      await until("the sale to be in the analyses", () => total() === 5_000_000, { within: 60_000 });
      const status = await ventes(["status", "--json", ...data("database")], { env: as("admin") });
      const { components } = JSON.parse(status.stdout) as {
        components: { component: string; state: string }[];
      };
      expect(components.map(({ component, state }) => `${component} ${state}`).sort()).toEqual([
        "analyzer running",
        "consumer running",
        "producer running",
      ]);
      for (const [one, ended] of [
        [producer, await producer.stop()],
        [analyzer, await analyzer.stop()],
      ] as const)
        expect([one.stderr(), ended.code]).toEqual([one.stderr(), 130]);

      // The analyzer has deleted its group.
      const after = superuser();
      await after.connect();
      const { groups } = await after.listGroups();
      expect(groups.map(({ groupId }) => groupId.split(".")[1]?.split("-")[0]).sort()).toEqual([
        "consumer",
        "producers",
      ]);
      await after.disconnect();

      const refused = await ventes(["sources", "remove", file, ...data("database")], { env: as("consumer") });
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.stderr).toMatch(/these credentials may not write: grant them an ACL/);

      const admin = superuser();
      await admin.connect();
      // To commit a position takes the same right, so it may be the first to be refused where one is still to be committed.
      const group = groups.find(({ groupId }) => groupId.includes(".consumer"))?.groupId ?? "";
      await until("the positions to be committed", async () => {
        const ends = await admin.fetchTopicOffsets("ventes.ventes");
        const [committed] = await admin.fetchOffsets({ groupId: group, topics: ["ventes.ventes"] });
        return ends.every(
          ({ partition, high }) =>
            high === "0" || committed?.partitions.find((p) => p.partition === partition)?.offset === high,
        );
      });
      await admin.deleteAcls({
        filters: [
          {
            resourceType: AclResourceTypes.TOPIC,
            resourceName: "ventes.ventes",
            resourcePatternType: ResourcePatternTypes.LITERAL,
            principal: "User:ventes-consumer",
            operation: AclOperationTypes.READ,
            permissionType: AclPermissionTypes.ALLOW,
          },
        ],
      });
      await admin.disconnect();
      const lost = await consumer.ended;
      expect(lost.code).toBe(1);
      expect(lost.stderr).toMatch(
        /refuses ventes\.ventes partition \d: these credentials may not use the topics: grant them an ACL\n$/,
      );
    }, 120_000);

    it.each([
      ["a wrong password", { KAFKA_PASSWORD: "wrong" }, /KAFKA_USERNAME.*KAFKA_PASSWORD/],
      ["another authority", { KAFKA_CA_FILE: "" }, /TLS failed \(.*\): see KAFKA_TLS, KAFKA_CA_FILE/],
      ["a mechanism that is not offered", { KAFKA_SASL_MECHANISM: "scram-sha-256" }, /KAFKA_SASL_MECHANISM/],
      ["no TLS", { KAFKA_TLS: "", KAFKA_CA_FILE: "" }, /if it stays so, see KAFKA_TLS/],
      ["no right at all", { KAFKA_USERNAME: "stranger" }, /grant them an ACL/],
    ])(
      "%s: exit code 1 and a sentence",
      async (_name, wrong, says) => {
        const ran = await ventes(["hello", "--data", scratchDirectory()], {
          env: env("ventes-admin", wrong),
        });
        expect(ran.stderr).toMatch(says);
        expect(ran.stderr).not.toMatch(/\n\s+at /);
        expect(ran.code).toBe(1);
      },
      60_000,
    );

    it("SCRAM: with the right password it is let in, with another one not", async () => {
      const user = ["--entity-type", "users", "--entity-name", "ventes-admin"];
      const config = `SCRAM-SHA-512=[iterations=4096,password=${PASSWORD}]`;
      const broker = `127.0.0.1:${port + 2}`;
      kafka(
        "run",
        "kafka.admin.ConfigCommand",
        "--bootstrap-server",
        broker,
        "--alter",
        "--add-config",
        config,
        ...user,
      );
      const hello = (password: string) =>
        ventes(["hello", "--data", scratchDirectory()], {
          env: env("ventes-admin", { KAFKA_SASL_MECHANISM: "scram-sha-512", KAFKA_PASSWORD: password }),
        });
      expect(await hello(PASSWORD)).toMatchObject({ code: 0 });
      const ran = await hello("wrong");
      expect(ran).toMatchObject({ code: 1 });
      expect(ran.stderr).toMatch(/KAFKA_PASSWORD/);
    }, 120_000);
  });
});

/** The commands of `docker/kafka-acls` as requests: starting kafka-acls.sh for each takes seconds. */
function aclsOf(namespace: string) {
  const printed = execFileSync(join(ROOT, "docker/kafka-acls"), ["HOST:9092", namespace], {
    encoding: "utf8",
  });
  return printed
    .trim()
    .split("\n")
    .flatMap((line) => {
      const words = line.split(" ");
      const all = (flag: string) =>
        words.flatMap((word, i) => (word === flag ? [words[i + 1] as string] : []));
      const resources = [
        ...all("--topic").map((name) => ({ type: AclResourceTypes.TOPIC, name })),
        ...all("--group").map((name) => ({ type: AclResourceTypes.GROUP, name })),
      ];
      const pattern =
        all("--resource-pattern-type")[0] === "prefixed"
          ? ResourcePatternTypes.PREFIXED
          : ResourcePatternTypes.LITERAL;
      return resources.flatMap(({ type, name }) =>
        all("--operation").map((operation) => ({
          resourceType: type,
          resourceName: name,
          resourcePatternType: pattern,
          principal: all("--allow-principal")[0] as string,
          host: "*",
          operation: OPERATIONS[operation as keyof typeof OPERATIONS],
          permissionType: AclPermissionTypes.ALLOW,
        })),
      );
    });
}

const OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
};
