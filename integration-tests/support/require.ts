/**
 * What a test may need that a machine may lack, searched once for each process: `requirement("kafka").present`.
 * Tests of a missing part are skipped, and `npm test` ends by saying so. VENTES_TEST_REQUIRE=kafka,docker,browser
 * makes a missing part an error instead, so that a machine that should have it never passes without it.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export const PARTS = ["kafka", "cluster", "docker", "browser", "sqlite3", "mount", "root"] as const;
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

const SEARCHES: Readonly<Record<Part, () => Requirement>> = {
  kafka: () => {
    const brokers = process.env.KAFKA_BROKERS;
    if (brokers) return found("kafka", brokers);
    return requirement("docker").present
      ? found("kafka", "docker")
      : absent("kafka", "Kafka absent: KAFKA_BROKERS is not set and Docker does not answer");
  },
  cluster: () => {
    const command = process.env.VENTES_TEST_CLUSTER;
    if (command) {
      const path = program(command);
      return path === undefined
        ? absent(
            "cluster",
            `a Kafka cluster absent: VENTES_TEST_CLUSTER names ${command}, which is no program`,
          )
        : found("cluster", path);
    }
    return requirement("docker").present
      ? found("cluster", "docker")
      : absent(
          "cluster",
          "a Kafka cluster absent: VENTES_TEST_CLUSTER is not set and Docker does not answer",
        );
  },
  docker: () => {
    const docker = program("docker");
    if (docker === undefined) return absent("docker", "Docker absent: no docker on PATH");
    const info = spawnSync(docker, ["info"], { stdio: "ignore", timeout: DOCKER_ANSWERS_WITHIN_MS });
    return info.status === 0
      ? found("docker", docker)
      : absent("docker", "Docker absent: it does not answer");
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

const polled = new Map<Part, Requirement>();

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
