/** What Compose makes of our files, without starting anything: no warning, and every service hardened. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type ComposeProject, composeProject } from "../support/compose.ts";
import { describeWith } from "../support/describe-with.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "../..", name), "utf8");
const COMPOSE = read("docker-compose.yml");

describe("the files", () => {
  it("name the images by the version of the package", () => {
    const { version } = JSON.parse(read("package.json")) as { version: string };
    const ours = [...COMPOSE.matchAll(/^ +image: (ventes\S*)$/gm)].map((m) => m[1]);
    expect(new Set(ours)).toEqual(new Set([`ventes:${version}`, `ventes-database:${version}`]));
  });

  it("explain each variable that may be set, and no other", () => {
    const names = (text: string, pattern: RegExp) =>
      new Set([...text.matchAll(pattern)].map((m) => m[1] ?? ""));
    const used = names(COMPOSE + read("compose.token.yaml"), /\$\{([A-Z_]+)/g);
    const cluster = names(read("cluster.env"), /^((?!COMPOSE_)[A-Z_]+)=/gm);
    const explained = names(read(".env.example"), /^#([A-Z_]+)=/gm);
    expect([...cluster, ...explained].toSorted()).toEqual([...used].toSorted());
  });
});

interface Service {
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly init?: boolean;
  readonly ports?: readonly { readonly host_ip?: string }[];
  readonly environment?: Readonly<Record<string, string | null>>;
}

describeWith("docker", "docker compose config", () => {
  let project: ComposeProject;
  beforeAll(async () => {
    project = await composeProject();
  });

  const configured = async (flags: string): Promise<Readonly<Record<string, Service>>> => {
    const ran = await project.shell(`docker compose ${flags} config --format json`);
    expect(ran.code, ran.output).toBe(0);
    // Nothing on stderr: no warning.
    expect(ran.output).toBe(ran.stdout);
    return (JSON.parse(ran.stdout) as { services: Record<string, Service> }).services;
  };

  it.each([
    ["", 7],
    ["--env-file cluster.env", 9],
    ["--profile console", 8],
    ["--profile backup", 8],
    ["--profile observability", 9],
    ["--profile '*'", 13],
    ["-f docker-compose.yml -f compose.token.yaml", 7],
  ])(
    "docker compose %s config: no warning, every service hardened, and reached from this machine only",
    async (flags, count) => {
      const services = Object.entries(await configured(flags));
      expect(services).toHaveLength(count);
      for (const [name, service] of services) {
        expect(service, name).toMatchObject({
          read_only: true,
          cap_drop: ["ALL"],
          init: true,
          pids_limit: 512,
        });
        expect(service.security_opt, name).toContain("no-new-privileges:true");
        if (flags.includes("token")) continue;
        for (const { host_ip } of service.ports ?? []) expect(host_ip, name).toBe("127.0.0.1");
      }
    },
  );

  it("where the page is for other machines it has a token; VENTES_AUTH=none is for this machine's port alone", async () => {
    const local = (await configured("")).analyzer;
    expect(local?.environment).toMatchObject({ VENTES_AUTH: "none" });
    const open = (await configured("-f docker-compose.yml -f compose.token.yaml")).analyzer;
    expect(open?.ports).toMatchObject([{ host_ip: "0.0.0.0" }]);
    expect(open?.environment).toMatchObject({
      VENTES_AUTH: "",
      VENTES_TOKEN_FILE: "/run/secrets/ventes_token",
    });
  });
});
