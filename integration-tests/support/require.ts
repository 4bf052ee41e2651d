/**
 * What a test may need that a machine may lack, searched once for each process: `requirement("kafka").present`.
 * Tests of a missing part are skipped, and `npm test` ends by saying so. VENTES_TEST_REQUIRE=kafka,docker,browser
 * makes a missing part an error instead, so that a machine that should have it never passes without it.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export const PARTS = [
  "kafka",
  "cluster",
  "docker",
  "container",
  "images",
  "browser",
  "sqlite3",
  "promtool",
  "mount",
  "root",
] as const;
export type Part = (typeof PARTS)[number];

export interface Requirement {
  readonly name: Part;
  readonly present: boolean;
  /** Present: where it was found (brokers, a program's path). Absent: what is missing and what would bring it. */
  readonly found: string;
}

const found = (name: Part, where: string): Requirement => ({ name, present: true, found: where });
const absent = (name: Part, why: string): Requirement => ({ name, present: false, found: why });

/** The first of these programs on PATH (or at an absolute path), or undefined. */
const program = (...names: readonly string[]): string | undefined => {
  for (const name of names) {
    for (const folder of name.startsWith("/") ? [""] : (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next folder may have it.
      }
    }
  }
  return undefined;
};

const DOCKER_ANSWERS_WITHIN_MS = 60_000;

/** How long a download may take, and a build that downloads. */
const HAD_WITHIN_MS = 240_000;
/** The image of Kafka that tests start, by themselves and with Compose. */
export const KAFKA_IMAGE = "apache/kafka:4.3.1";
/** What testcontainers starts beside each container, unless TESTCONTAINERS_RYUK_DISABLED is true. */
const REAPER_IMAGE = process.env.RYUK_CONTAINER_IMAGE ?? "testcontainers/ryuk:0.14.0";
const ROOT = join(import.meta.dirname, "../..");

/** Undefined when `docker ARGS` succeeds, else the last line that it printed. */
const dockerFails = (args: readonly string[], within: number, env = process.env): string | undefined => {
  const ran = spawnSync("docker", args, { cwd: ROOT, env, encoding: "utf8", timeout: within });
  if (ran.status === 0) return undefined;
  if (ran.signal !== null) return `no end after ${within / 1000} s`;
  const printed = `${ran.stdout ?? ""}\n${ran.stderr ?? ran.error?.message ?? ""}`.trim();
  return printed.split("\n").at(-1)?.replaceAll(/[[\]]/g, "") ?? "";
};

/** Why an image is not there and cannot be pulled. */
const imageFails = (image: string): string | undefined => {
  if (dockerFails(["image", "inspect", image], DOCKER_ANSWERS_WITHIN_MS) === undefined) return undefined;
  const why = dockerFails(["pull", "--quiet", image], HAD_WITHIN_MS);
  return why === undefined ? undefined : `${image} cannot be had (${why})`;
};

/** A part that is there when another one is, which is named as the reason when it is not. */
const standsOn = (name: Part, what: string, other: Part): Requirement => {
  const { present, found: where } = requirement(other);
  return present ? found(name, other) : absent(name, `${what}, and ${where}`);
};

const SEARCHES: Readonly<Record<Part, () => Requirement>> = {
  kafka: () => {
    const brokers = process.env.KAFKA_BROKERS;
    return brokers
      ? found("kafka", brokers)
      : standsOn("kafka", "Kafka absent: KAFKA_BROKERS is not set", "container");
  },
  cluster: () => {
    const command = process.env.VENTES_TEST_CLUSTER;
    if (!command)
      return standsOn("cluster", "a Kafka cluster absent: VENTES_TEST_CLUSTER is not set", "container");
    const path = program(command);
    return path === undefined
      ? absent("cluster", `a Kafka cluster absent: VENTES_TEST_CLUSTER names ${command}, which is no program`)
      : found("cluster", path);
  },
  docker: () => {
    const docker = program("docker");
    if (docker === undefined) return absent("docker", "Docker absent: no docker on PATH");
    if (dockerFails(["info"], DOCKER_ANSWERS_WITHIN_MS) !== undefined)
      return absent("docker", "Docker absent: it does not answer");
    return dockerFails(["compose", "version"], DOCKER_ANSWERS_WITHIN_MS) === undefined
      ? found("docker", docker)
      : absent("docker", "Docker absent: it has no Compose (docker compose version)");
  },
  container: () => {
    const docker = requirement("docker");
    if (!docker.present) return absent("container", docker.found);
    const kafka = imageFails(KAFKA_IMAGE);
    if (kafka !== undefined) return absent("container", `Kafka in a container absent: ${kafka}`);
    const reaper = process.env.TESTCONTAINERS_RYUK_DISABLED === "true" ? undefined : imageFails(REAPER_IMAGE);
    return reaper === undefined
      ? found("container", KAFKA_IMAGE)
      : absent(
          "container",
          `Kafka in a container absent: ${reaper}; TESTCONTAINERS_RYUK_DISABLED=true does without it`,
        );
  },
  images: () => {
    const docker = requirement("docker");
    if (!docker.present) return absent("images", docker.found);
    const kafka = imageFails(KAFKA_IMAGE);
    if (kafka !== undefined) return absent("images", `the images of Compose absent: ${kafka}`);
    // A build takes no value from the developer's own .env.
    const env = { ...process.env, COMPOSE_ENV_FILES: ".env.example" };
    const why = dockerFails(["compose", "build", "--quiet"], HAD_WITHIN_MS, env);
    return why === undefined
      ? found("images", "docker compose build")
      : absent("images", `the images of Compose absent: docker compose build fails (${why})`);
  },
  browser: () => {
    const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    const path = program(...(process.env.CHROMIUM ? [process.env.CHROMIUM] : names));
    return path === undefined
      ? absent(
          "browser",
          "Chromium absent: none on PATH (set CHROMIUM to its path, or apt-get install chromium)",
        )
      : found("browser", path);
  },
  sqlite3: () => {
    const path = program("sqlite3");
    return path === undefined
      ? absent("sqlite3", "sqlite3 absent: none on PATH (apt-get install sqlite3)")
      : found("sqlite3", path);
  },
  promtool: () => {
    const path = program("promtool");
    return path === undefined
      ? absent("promtool", "promtool absent: none on PATH (apt-get install prometheus)")
      : found("promtool", path);
  },
  mount: () => {
    const why = "a small disk absent: mounting a tmpfs takes root";
    if (process.platform !== "linux" || process.getuid?.() !== 0) return absent("mount", why);
    const directory = mkdtempSync(join(tmpdir(), "ventes-mount-"));
    try {
      const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory]);
      if (mounted.status !== 0) return absent("mount", `${why}, and this root may not`);
      spawnSync("umount", [directory]);
      return found("mount", "tmpfs");
    } finally {
      rmdirSync(directory);
    }
  },
  root: () => {
    const why = "a second user absent: running as one takes root";
    if (process.getuid?.() !== 0) return absent("root", why);
    const itself = JSON.stringify(import.meta.filename);
    const other = { uid: 65_534, gid: 65_534, stdio: "ignore" } as const;
    const ran = spawnSync(process.execPath, ["-e", `require("node:fs").readFileSync(${itself})`], other);
    return ran.status === 0
      ? found("root", "uid 0")
      : absent("root", `${why}, and other users may not read this checkout or run its Node`);
  },
};

/** What was found before this process, as JSON: `npm test` sets it, so that its test files need not search again. */
const FOUND = "VENTES_TEST_FOUND";
const polled = new Map<Part, Requirement>(
  (JSON.parse(process.env[FOUND] ?? "[]") as Requirement[]).map((one) => [one.name, one]),
);

/**
 * Searches these parts, and lets processes that are started know them. The images are left to the tests that need them,
 * for it takes a minute to build them. Throws when one that is required is missing.
 */
export const searchOnce = (parts: readonly Part[] = PARTS): void => {
  requiredParts();
  const all = parts.filter((name) => name !== "images").map(requirement);
  process.env[FOUND] = JSON.stringify(all);
};

/** Parts that may not be missing: VENTES_TEST_REQUIRE. An unknown name there is an error, never ignored. */
export const requiredParts = (): readonly Part[] =>
  (process.env.VENTES_TEST_REQUIRE ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => {
      const part = PARTS.find((p) => p === name);
      if (part === undefined) throw new Error(`VENTES_TEST_REQUIRE: ${name} is none of ${PARTS.join(", ")}`);
      return part;
    });

/** Whether the machine has it. Throws when it does not and VENTES_TEST_REQUIRE asks for it. */
export const requirement = (name: Part): Requirement => {
  const known = polled.get(name) ?? SEARCHES[name]();
  polled.set(name, known);
  if (!known.present && requiredParts().includes(name)) {
    throw new Error(`VENTES_TEST_REQUIRE asks for ${name}: ${known.found}`);
  }
  return known;
};
