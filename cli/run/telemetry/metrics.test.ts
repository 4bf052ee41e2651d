/** The text of /metrics: its form, what bounds it, and that it holds no secret. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceStatus } from "#shared/contract/testing/source-status.ts";
import { describeWith } from "../../../integration-tests/support/describe-with.ts";
import { requirement } from "../../../integration-tests/support/require.ts";
import { Histogram } from "./histogram.ts";
import { metricsText, type Observed } from "./metrics.ts";

const AT = "2026-03-02T10:00:00.000Z";
const NOW = Date.parse(AT) + 30_000;

const observed = (more: Partial<Observed> = {}): Observed => ({
  dir: tmpdir(),
  now: NOW,
  bounds: [
    { topic: "ventes", partition: 0, start: 0, end: 120 },
    { topic: "ventes", partition: 1, start: 0, end: 30 },
  ],
  database: {
    positions: [{ topic: "ventes", partition: 0, offset: 100 }],
    furthest: [{ topic: "ventes", partition: 0, offset: 100 }],
    newest: 9,
    analysed: 7,
    analysedAt: AT,
    pendingSince: AT,
    rows: { produits: 3, magasins: 2, ventes: 140 },
    waiting: 4,
    rejects: 1,
    repaired: 0,
    missed: 0,
    outcomes: [{ topic: "ventes", events: 100, unchanged: 5, superseded: 1, rejected: 2 }],
  },
  behindMs: 2_500,
  visible: new Histogram(),
  components: [
    {
      v: 1,
      component: "consumer",
      id: "host:/data",
      database: "d",
      state: "running",
      detail: "",
      since: AT,
      at: AT,
      figures: { events: 100, batches: 4, batch_ms: 250, longest_batch_ms: 90, loop_ms: 12 },
      lost: false,
    },
  ],
  sources: [
    sourceStatus("https://marie:secret@example.org/v.csv?token=abc", {
      state: "held",
      records: 10,
      rejected: 2,
      polled: AT,
    }),
  ],
  catalogues: [],
  ...more,
});

/** The value of a series, by its name with its labels. */
const valueIn = (text: string, series: string): number | undefined => {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe("the text", () => {
  it("has the lag of each partition, and how late the figures are", () => {
    const text = metricsText(observed());
    expect(valueIn(text, 'ventes_lag_records{topic="ventes",partition="0"}')).toBe(20);
    expect(valueIn(text, 'ventes_lag_records{topic="ventes",partition="1"}')).toBe(30);
    expect(valueIn(text, 'ventes_topic_records_total{topic="ventes"}')).toBe(150);
    expect(valueIn(text, "ventes_behind_seconds")).toBe(2.5);
    expect(valueIn(text, "ventes_pending_commits")).toBe(2);
    expect(valueIn(text, "ventes_oldest_pending_commit_age_seconds")).toBe(30);
  });

  it("has the transactions and the loop of a component, in seconds", () => {
    const text = metricsText(observed());
    const labels = '{component="consumer",id="host:/data"}';
    expect(valueIn(text, `ventes_component_up${labels}`)).toBe(1);
    expect(valueIn(text, `ventes_consumer_batches_total${labels}`)).toBe(4);
    expect(valueIn(text, `ventes_consumer_batch_seconds_total${labels}`)).toBe(0.25);
    expect(valueIn(text, `ventes_consumer_longest_batch_seconds${labels}`)).toBe(0.09);
    expect(valueIn(text, `ventes_component_longest_loop_seconds${labels}`)).toBe(0.012);
  });

  it("has a histogram of the time from publication to the analyses", () => {
    const visible = new Histogram();
    for (const seconds of [0.2, 0.3, 700]) visible.observe(seconds);
    const text = metricsText(observed({ visible }));
    expect(valueIn(text, 'ventes_publish_to_visible_seconds_bucket{le="0.1"}')).toBe(0);
    expect(valueIn(text, 'ventes_publish_to_visible_seconds_bucket{le="0.25"}')).toBe(1);
    expect(valueIn(text, 'ventes_publish_to_visible_seconds_bucket{le="300"}')).toBe(2);
    expect(valueIn(text, 'ventes_publish_to_visible_seconds_bucket{le="+Inf"}')).toBe(3);
    expect(valueIn(text, "ventes_publish_to_visible_seconds_count")).toBe(3);
    expect(valueIn(text, "ventes_publish_to_visible_seconds_sum")).toBe(700.5);
  });

  it("names a source without its secrets", () => {
    const text = metricsText(observed());
    const labels = '{source="https://***@example.org/v.csv?token=***",entity="ventes"}';
    expect(valueIn(text, `ventes_source_held${labels}`)).toBe(1);
    expect(valueIn(text, `ventes_source_polled_timestamp_seconds${labels}`)).toBe(Date.parse(AT) / 1000);
    expect(text).not.toMatch(/secret|abc/);
  });

  it("leaves out what is not known, and says that it is not", () => {
    const text = metricsText(observed({ bounds: null, database: null, behindMs: null }));
    expect(valueIn(text, "ventes_topics_up")).toBe(0);
    expect(valueIn(text, "ventes_database_up")).toBe(0);
    expect(text).not.toMatch(/^ventes_(?:lag_records|behind_seconds|rows|pending_commits)/m);
  });
});

it("docs/monitoring.md lists each metric with its labels, and no other", () => {
  const catalogue = {
    catalogue: "c",
    form: null,
    state: "ok",
    reason: "",
    listed: 0,
    taken: 0,
    others: 0,
  } as const;
  const catalogues = [{ ...catalogue, removed: 0, refused: 0, unlisted: 0, refusals: [], polled: null }];
  const sources = [sourceStatus("/v.csv", { polled: AT, changed: AT })];
  const series = metricsText(observed({ dir: import.meta.dirname, catalogues, sources }))
    .split("\n")
    .map((line) => /^([a-z_]+)(?:\{(.*)\})? /.exec(line))
    .filter((found) => found !== null)
    .map(([, name, labels = ""]) => {
      const names = [...labels.matchAll(/([a-z_]+)="/g)].map(([, label]) => label);
      return [name, ...names].join(" ");
    })
    // A histogram is listed once, as its buckets.
    .map((one) => one.replace(/_bucket le$/, " le"))
    .filter((one) => !/_seconds_(?:sum|count)$/.test(one));
  const doc = readFileSync(join(import.meta.dirname, "../../../docs/monitoring.md"), "utf8");
  const listed = [...doc.matchAll(/^\| `([a-z_]+)` \|([a-z_, `]*)\|/gm)].map(([, name, labels = ""]) =>
    [name, ...labels.matchAll(/[a-z_]+/g)].join(" "),
  );
  // These have a series where there is such a file, and the folder of the tests has none.
  expect(listed.toSorted()).toEqual(
    [...new Set([...series, "ventes_file_bytes file", "ventes_backup_timestamp_seconds"])].toSorted(),
  );
});

describe("the number of series", () => {
  const many = Array.from({ length: 1_000 }, (_, n) =>
    sourceStatus(`https://example.org/${String(n).padStart(4, "0")}.csv`, {
      state: n === 999 ? "parked" : "ok",
      records: 2,
      changed: new Date(NOW - n * 1_000).toISOString(),
    }),
  );

  it("is bounded: 100 sources have their own, those in trouble first, and the others are one", () => {
    const text = metricsText(observed({ sources: many }));
    const records = text.split("\n").filter((line) => line.startsWith("ventes_source_records{"));
    expect(records).toHaveLength(101);
    expect(valueIn(text, 'ventes_source_records{source="other",entity="other"}')).toBe(1_800);
    expect(valueIn(text, 'ventes_source_parked{source="https://example.org/0999.csv",entity="ventes"}')).toBe(
      1,
    );
    // The oldest of the others: the last of them but for the parked one.
    expect(valueIn(text, 'ventes_source_changed_timestamp_seconds{source="other",entity="other"}')).toBe(
      (NOW - 998_000) / 1000,
    );
    expect(valueIn(text, 'ventes_sources{state="ok"}')).toBe(999);
  });

  it("is one for sources whose names differ in a secret alone, with their sum", () => {
    const sources = ["a", "b"].map((token) =>
      sourceStatus(`https://example.org/v.csv?token=${token}`, { records: 3 }),
    );
    const text = metricsText(observed({ sources }));
    const series = 'ventes_source_records{source="https://example.org/v.csv?token=***",entity="ventes"}';
    expect(valueIn(text, series)).toBe(6);
  });

  it("is bounded for components too", () => {
    const [one] = observed().components;
    if (one === undefined) throw new Error("no component");
    const components = Array.from({ length: 200 }, (_, n) => ({ ...one, id: `host-${n}:/data` }));
    const text = metricsText(observed({ components }));
    expect(text.split("\n").filter((line) => line.startsWith("ventes_component_up{"))).toHaveLength(50);
  });
});

describeWith("promtool", "promtool check metrics", () => {
  it("finds nothing, whatever a name holds", () => {
    const sources = ['/data/a "b"\\c.csv', "/data/ligne\nsuivante.csv", "/data/été.csv"].map((source) =>
      sourceStatus(source, { polled: AT }),
    );
    const promtool = requirement("promtool").found;
    const ran = spawnSync(promtool, ["check", "metrics"], {
      input: metricsText(observed({ sources })),
      encoding: "utf8",
    });
    expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
});
