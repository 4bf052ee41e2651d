/**
 * One project of docker-compose.yml as a user starts it, under a name and a port of its own, without the `.env` of
 * this checkout. It is deleted with its volumes when the tests of the file end. Under `describeWith("docker", ...)`.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { AnalysesAnswer } from "../../analyzer/server/api.ts";
import { freePort } from "./ports.ts";
import { requirement } from "./require.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface DockerRan {
  readonly code: number | null;
  readonly stdout: string;
  /** stdout and stderr, as they came. */
  readonly output: string;
}

export interface ComposeProject {
  readonly name: string;
  /** `http://127.0.0.1:PORT/` */
  readonly page: string;
  /** For whatever runs `docker compose` by itself. */
  readonly env: NodeJS.ProcessEnv;
  /** `docker compose ARGS`; throws when it does not exit with 0. Returns stdout. */
  readonly compose: (...args: readonly string[]) => Promise<string>;
  /** `docker ARGS`, the same. */
  readonly docker: (...args: readonly string[]) => Promise<string>;
  /** A line of a shell, in the project's folder, whatever it ends with. */
  readonly shell: (command: string) => Promise<DockerRan>;
  /** What database_service answers. */
  readonly sql: (sql: string) => Promise<string>;
  /** What the page shows, or undefined while it does not answer. */
  readonly analyses: () => Promise<AnalysesAnswer | undefined>;
  /** Publishes files inside the project's network; returns the base URL. */
  readonly publish: (files: Readonly<Record<string, string>>) => Promise<string>;
  /** `down -v`; returns what is left of the project all the same. */
  readonly down: () => Promise<readonly string[]>;
}

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<DockerRan> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    const printed = { stdout: "", output: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed.stdout += text;
      printed.output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      printed.output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...printed }));
  });

/** Whatever a developer has set for a project of their own is left out. */
const OURS =
  /^(?:COMPOSE_|CLUSTER_|KAFKA_|VENTES_(?!TEST_)|URL_|DEMO_|SOURCES$|ANALYSES$|PAGE_PORT$|CONSOLE_PORT$|TOKEN_FILE$)/;

const SERVER = `
const files = JSON.parse(process.argv[1]);
require("node:http").createServer((request, response) => {
  const text = files[request.url.slice(1)];
  response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/csv" }).end(text);
}).listen(8000);
`;

export const composeProject = async (
  more: Readonly<Record<string, string>> = {},
  // Nothing is set there: it only must be readable.
  envFile = ".env.example",
): Promise<ComposeProject> => {
  const name = `ventes-test-${randomUUID().slice(0, 8)}`;
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !OURS.test(key))),
    COMPOSE_PROJECT_NAME: name,
    COMPOSE_ENV_FILES: envFile,
    COMPOSE_PROGRESS: "quiet",
    PAGE_PORT: String(port),
    ...more,
  };
  const page = `http://127.0.0.1:${port}/`;
  const program = requirement("docker").found;
  const docker = async (...args: readonly string[]): Promise<string> => {
    const ran = await run(program, args, env);
    if (ran.code !== 0) throw new Error(`docker ${args.join(" ")} exited ${ran.code}:\n${ran.output}`);
    return ran.stdout;
  };
  const compose = (...args: readonly string[]) => docker("compose", ...args);
  const left = async (kind: string, ...args: readonly string[]): Promise<readonly string[]> =>
    (await docker(kind, "ls", ...args, "-q", "--filter", `label=com.docker.compose.project=${name}`))
      .split("\n")
      .filter((id) => id !== "")
      .map((id) => `${kind} ${id}`);
  return {
    name,
    page,
    env,
    docker,
    compose,
    shell: (command) => run("bash", ["-c", command], env),
    sql: async (sql) => (await compose("exec", "-T", "database_service", "ventes-sql", sql)).trim(),
    analyses: async () => {
      try {
        const response = await fetch(`${page}api/analyses`, { signal: AbortSignal.timeout(5_000) });
        return response.ok ? ((await response.json()) as AnalysesAnswer) : undefined;
      } catch {
        return undefined;
      }
    },
    publish: async (files) => {
      const host = `${name}-files-${randomUUID().slice(0, 4)}`;
      await compose(
        ...["run", "-d", "--rm", "--no-deps", "--name", host, "--entrypoint", "node"],
        ...["catalogue", "-e", SERVER, JSON.stringify(files)],
      );
      return `http://${host}:8000/`;
    },
    down: async () => {
      await compose("down", "-v", "--remove-orphans", "-t", "1");
      return (await Promise.all([left("container", "-a"), left("volume"), left("network")])).flat();
    },
  };
};
