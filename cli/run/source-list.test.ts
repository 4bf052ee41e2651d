/** What several producers say of the sources, laid together. */
import { describe, expect, it } from "vitest";
import type { ComponentState, SourceStatus } from "#shared/contract/status.ts";
import { announcedStatus } from "../../producer/sync/status.ts";
import { claims, heardOf, standing } from "./source-list.ts";

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
  standing(listed(version), claims(states, heardOf(NOW)).get(registration.source));

describe("a source that several producers spoke of", () => {
  it("stands as the one that runs says, whoever spoke later or is listed first", () => {
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
          said: { producer: "a", follows: true },
        });
  });

  it("stands as the later one says where both run, or neither", () => {
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

  it("is looked at next by nobody, and read by nobody, once its producer is gone", () => {
    const ok = stands(7, producer("a", ago(100), "running", status({ state: "parked", reason: "404" })));
    expect(ok.status).toMatchObject({ state: "parked", reason: "404" });
    expect(ok.status).not.toHaveProperty("next");
    expect(ok.said).toMatchObject({ producer: "a", at: ago(100), follows: false });
    const reading = stands(7, producer("a", ago(1), "stopped", status({ state: "reading" })));
    expect(reading.status).toEqual(listed(7).status);
  });

  it("stands as announced when that is newer than what was said, or nobody has said anything", () => {
    expect(stands(9, producer("a", ago(1), "running", status({ records: 5 }))).status).toEqual(
      listed(9).status,
    );
    expect(stands(9)).toEqual({ ...listed(9), said: null });
  });
});
