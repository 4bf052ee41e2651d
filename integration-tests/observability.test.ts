/** The files for Prometheus and Grafana: they fit the metrics that there are, and promtool finds nothing in them. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../checks/tree.ts";
import { describeWith } from "./support/describe-with.ts";
import { requirement } from "./support/require.ts";
import { scratchDirectory } from "./support/ventes.ts";

const FOLDER = join(ROOT, "docker/observability");
const textOf = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

/** The queries of the dashboard, as Prometheus gets them. */
const queries = (JSON.parse(textOf("grafana/ventes.json")) as Dashboard).panels.flatMap(({ targets }) =>
  targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m")),
);

it.each(["ventes.rules.yml", "grafana/ventes.json"])("%s names metrics that there are", (name) => {
  const doc = readFileSync(join(ROOT, "docs/monitoring.md"), "utf8");
  const known = new Set([...doc.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, metric]) => metric));
  const text = name.endsWith(".json") ? queries.join("\n") : textOf(name);
  const named = new Set([...text.matchAll(/\b(?:ventes|process)_[a-z_]+/g)].map(([metric]) => metric));
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((metric) => !known.has(metric))).toEqual([]);
});

it("docs/monitoring.md lists each alert, and each has a test", () => {
  const alerts = [...textOf("ventes.rules.yml").matchAll(/- alert: (\w+)/g)].map(([, alert]) => alert);
  const doc = readFileSync(join(ROOT, "docs/monitoring.md"), "utf8");
  const listed = [...doc.matchAll(/^\| (Ventes[\w, ]+) \|/gm)].flatMap(([, names = ""]) => names.split(", "));
  expect(listed.toSorted()).toEqual(alerts.toSorted());
  const tested = [...textOf("ventes.rules.test.yml").matchAll(/ {4}name: (\w+)/g)].map(([, alert]) => alert);
  expect(tested.toSorted()).toEqual(alerts.toSorted());
});

describeWith("promtool", "promtool", () => {
  const promtool = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(requirement("promtool").found, args, { encoding: "utf8" });
    expect(status, `${stdout}${stderr}`).toBe(0);
  };

  it("finds nothing in the configuration and the rules, and each alert comes at its time", () => {
    promtool("check", "config", join(FOLDER, "prometheus.yml"));
    promtool("check", "rules", join(FOLDER, "ventes.rules.yml"));
    promtool("test", "rules", join(FOLDER, "ventes.rules.test.yml"));
  });

  it("can read each query of the dashboard", () => {
    const rules = queries.map((expr, n) => ({ record: `query:${n}`, expr }));
    const file = join(scratchDirectory(), "queries.yml");
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    promtool("check", "rules", file);
  });
});
