/** What a machine lacks is said in a sentence, and is an error only where VENTES_TEST_REQUIRE names it. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { scratchDirectory } from "./ventes.ts";

afterEach(() => vi.unstubAllEnvs());

/** A machine whose PATH has nothing but a docker, which fails the commands that begin with one of these. */
const machine = async (fails: readonly string[] | undefined, env: Readonly<Record<string, string>> = {}) => {
  const folder = scratchDirectory();
  if (fails !== undefined) {
    const cases = fails.map(
      (command) => `"${command}"*) echo pulling; echo "no route to [registry]" >&2; exit 1;;`,
    );
    writeFileSync(join(folder, "docker"), `#!/bin/sh\ncase "$*" in ${cases.join("\n")} esac\n`);
    chmodSync(join(folder, "docker"), 0o755);
  }
  const variables = {
    PATH: folder,
    KAFKA_BROKERS: undefined,
    VENTES_TEST_CLUSTER: undefined,
    VENTES_TEST_REQUIRE: undefined,
    VENTES_TEST_FOUND: undefined,
    CHROMIUM: undefined,
    RYUK_CONTAINER_IMAGE: undefined,
    TESTCONTAINERS_RYUK_DISABLED: undefined,
    ...env,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.resetModules();
  return import("./require.ts");
};

const DEAD = ["info"];
const OFFLINE = ["image inspect", "pull"];
const REAPER_OFFLINE = ["image inspect testcontainers/ryuk", "pull --quiet testcontainers/ryuk"];

it.each([
  ["no docker", undefined, "container", "Docker absent: no docker on PATH"],
  ["a socket where nobody answers", DEAD, "docker", "Docker absent: it does not answer"],
  ["no Compose", ["compose"], "docker", "Docker absent: it has no Compose (docker compose version)"],
  [
    "a socket where nobody answers",
    DEAD,
    "kafka",
    "Kafka absent: KAFKA_BROKERS is not set, and Docker absent: it does not answer",
  ],
  [
    "no registry",
    OFFLINE,
    "kafka",
    "Kafka absent: KAFKA_BROKERS is not set, and Kafka in a container absent: apache/kafka:4.3.1 cannot be had (no route to registry)",
  ],
  [
    "no registry for the reaper of testcontainers",
    REAPER_OFFLINE,
    "cluster",
    "a Kafka cluster absent: VENTES_TEST_CLUSTER is not set, and Kafka in a container absent: testcontainers/ryuk:0.14.0 cannot be had (no route to registry); TESTCONTAINERS_RYUK_DISABLED=true does without it",
  ],
  [
    "a build that fails",
    ["compose build"],
    "images",
    "the images of Compose absent: docker compose build fails (no route to registry)",
  ],
  [
    "no browser",
    undefined,
    "browser",
    "Chromium absent: none on PATH (set CHROMIUM to its path, or apt-get install chromium)",
  ],
] as const)("with %s, of Docker failing %j, %s is absent: %s", async (_, fails, part, why) => {
  const { requirement } = await machine(fails);
  expect(requirement(part)).toEqual({ name: part, present: false, found: why });
});

it("finds everything of Docker where the images are there, or can be had", async () => {
  const { requirement } = await machine(["image inspect"]);
  for (const part of ["docker", "container", "images", "kafka", "cluster"] as const)
    expect(requirement(part), part).toMatchObject({ present: true });
});

it("needs no reaper where it is disabled", async () => {
  const { requirement } = await machine(REAPER_OFFLINE, { TESTCONTAINERS_RYUK_DISABLED: "true" });
  expect(requirement("container").present).toBe(true);
});

it("fails for what is required, and for a name that is none", async () => {
  const required = await machine(OFFLINE, { VENTES_TEST_REQUIRE: "kafka" });
  expect(required.searchOnce).toThrow(/^VENTES_TEST_REQUIRE asks for kafka: Kafka absent: /);
  const unknown = await machine([], { VENTES_TEST_REQUIRE: "kafka,dokcer" });
  expect(unknown.searchOnce).toThrow("VENTES_TEST_REQUIRE: dokcer is none of kafka, cluster,");
});

it("is not searched again by the processes that are started", async () => {
  const { searchOnce } = await machine(OFFLINE);
  searchOnce();
  const found = process.env.VENTES_TEST_FOUND ?? "";
  const { requirement } = await machine([], { VENTES_TEST_FOUND: found });
  expect(requirement("container").found).toContain("apache/kafka:4.3.1 cannot be had");
});
