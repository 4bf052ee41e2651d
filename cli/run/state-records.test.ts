/** The statuses of many sources are told in as many records as they need. */
import { expect, it } from "vitest";
import type { ComponentState, SourceStatus } from "#shared/contract/status.ts";
import { sourceStatus } from "#shared/contract/testing/source-status.ts";
import { fitsIn, MAX_RECORD_BYTES } from "#shared/topic-log/record-size.ts";
import { keysOf, recordsOf, statesOf } from "./state-records.ts";

const sourceOf = (n: number): SourceStatus =>
  sourceStatus(`https://example.org/é/${n}.csv`, {
    state: "parked",
    reason: `ligne ${n} « é » ${"x".repeat(n % 300)}`,
    records: n,
  });

const stateOf = (count: number, since = "2026-01-01T00:00:00.000Z"): ComponentState => ({
  v: 1,
  component: "producer",
  id: "host:/data",
  database: null,
  state: "running",
  detail: "",
  since,
  at: since,
  figures: {},
  sources: Array.from({ length: count }, (_, n) => sourceOf(n)),
  catalogues: [],
});

const read = (...records: readonly { readonly value: string | null }[]): readonly ComponentState[] =>
  records.map(({ value }) => JSON.parse(value ?? "") as ComponentState);

it("a state that fits is one record, as before", () => {
  expect(read(...recordsOf(stateOf(10), MAX_RECORD_BYTES))).toEqual([stateOf(10)]);
});

it.each([
  [5_000, MAX_RECORD_BYTES],
  [20_000, MAX_RECORD_BYTES],
  [50, 1_500],
])("of %i sources in records of %i bytes none is lost, and each record fits", (count, most) => {
  const state = stateOf(count);
  const records = recordsOf(state, most);
  expect(records.length).toBeGreaterThan(1);
  expect(records.filter((record) => !fitsIn(most, record))).toEqual([]);
  const [joined, ...others] = statesOf(read(...records));
  expect(others).toEqual([]);
  expect(joined).toEqual({ ...state, parts: records.length });
  expect(keysOf(joined as ComponentState).toSorted()).toEqual(records.map(({ key }) => key).toSorted());
});

it("parts of an earlier run, and those that the state no longer has, are left out", () => {
  const before = recordsOf(stateOf(100, "2025-01-01T00:00:00.000Z"), 1_500);
  const now = recordsOf(stateOf(20), 1_500);
  const latest = new Map([...before, ...now].map((record) => [record.key, record]));
  expect(statesOf(read(...latest.values()))).toEqual([{ ...stateOf(20), parts: now.length }]);
  const first = now.at(-1);
  const alone = [...before.filter(({ key }) => key !== first?.key), ...(first === undefined ? [] : [first])];
  expect(statesOf(read(...alone))[0]?.sources).toEqual(read(...now).at(-1)?.sources);
});
