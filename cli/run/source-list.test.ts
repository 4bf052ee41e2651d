/** How the reports of several producers on one source are put together. */
import { describe, expect, it } from "vitest";
import type { ComponentState, SourceStatus } from "#shared/contract/status.ts";
import { announcedStatus } from "../../producer/sync/status.ts";
import { entryOf, latestReports, reportsAt } from "./source-list.ts";

const NOW = Date.parse("2026-11-24T12:00:00.000Z");
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();

const registration = {
  v: 1,
  kind: "source",
  source: "https://a.example/v.csv",
  entities: ["ventes"],
  every: null,
  once: false,
  duplicates: "keep",
  registered: ago(3600),
} as const;
const listed = (version: number | null) => ({
  registration,
  announcement: null,
  status: { ...announcedStatus(registration, undefined), version },
});
const status = (more: Partial<SourceStatus>): SourceStatus => ({
  ...listed(7).status,
  state: "ok",
  polled: ago(30),
  next: ago(-30),
  ...more,
});
const producer = (
  id: string,
  at: string,
  state: ComponentState["state"],
  source: SourceStatus,
): ComponentState => ({
  v: 1,
  component: "producer",
  id,
  database: null,
  state,
  detail: "",
  since: ago(3600),
  at,
  figures: {},
  sources: [source],
});
const stands = (version: number | null, ...states: readonly ComponentState[]) =>
  entryOf(listed(version), latestReports(states, reportsAt(NOW)).get(registration.source));

describe("a source on which several producers reported", () => {
  it("has the status that the running producer reports, in any order of reports", () => {
    const running = producer("a", ago(4), "running", status({ records: 2 }));
    for (const gone of [
      producer("b", ago(1), "stopped", status({ records: 1 })),
      producer("b", ago(1), "failed", status({ records: 1 })),
      producer("b", ago(100), "running", status({ records: 1 })),
    ])
      for (const states of [
        [running, gone],
        [gone, running],
      ])
        expect(stands(7, ...states)).toMatchObject({
          status: { records: 2, next: ago(-30) },
          report: { producer: "a", follows: true },
        });
  });

  it("has the status of the later report where both producers run, or neither", () => {
    for (const state of ["running", "stopped"] as const) {
      const older = producer("a", ago(8), state, status({ records: 1 }));
      const later = producer("b", ago(2), state, status({ records: 2 }));
      for (const states of [
        [older, later],
        [later, older],
      ])
        expect(stands(7, ...states).status.records).toBe(2);
    }
  });

  it("has no next poll and is not being read once its producer is lost or stopped", () => {
    const ok = stands(7, producer("a", ago(100), "running", status({ state: "parked", reason: "404" })));
    expect(ok.status).toMatchObject({ state: "parked", reason: "404" });
    expect(ok.status).not.toHaveProperty("next");
    expect(ok.report).toMatchObject({ producer: "a", at: ago(100), follows: false });
    const reading = stands(7, producer("a", ago(1), "stopped", status({ state: "reading" })));
    expect(reading.status).toEqual(listed(7).status);
  });

  it("has the announced status where the announcement is newer than the report, or there is no report", () => {
    expect(stands(9, producer("a", ago(1), "running", status({ records: 5 }))).status).toEqual(
      listed(9).status,
    );
    expect(stands(9)).toEqual({ ...listed(9), report: null });
  });
});
