import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  LONGEST_ASKED_MS,
  LONGEST_BACKOFF_MS,
  LONGEST_LOCAL_BACKOFF_MS,
  type Pace,
  restAfter,
  untilNextPoll,
} from "./pace.ts";

const calm: Pace = { every: 60_000, least: 5_000, local: false, failures: 0, askedMs: 0 };
/** The wait without jitter. */
const wait = (pace: Partial<Pace>) => untilNextPoll({ ...calm, ...pace }, 0.5);

describe("the wait before the next poll", () => {
  it("is the interval, also after the first failure", () => {
    expect(wait({})).toBe(60_000);
    expect(wait({ failures: 1 })).toBe(60_000);
  });

  it("doubles with each further failure, up to a limit that is short on this machine", () => {
    expect([2, 3, 4].map((failures) => wait({ failures }))).toEqual([120_000, 240_000, 480_000]);
    expect(wait({ failures: 1_000 })).toBe(LONGEST_BACKOFF_MS);
    expect(wait({ failures: 1_000, local: true, every: 200 })).toBe(LONGEST_LOCAL_BACKOFF_MS);
    // A source that fails is never polled more often than one that does not.
    expect(wait({ failures: 1_000, every: 86_400_000 })).toBe(86_400_000);
  });

  it("is as long as the server asks, up to an hour", () => {
    expect(wait({ askedMs: 600_000 })).toBeGreaterThanOrEqual(600_000);
    expect(wait({ askedMs: 1_000 })).toBe(60_000);
    expect(wait({ askedMs: 365 * 86_400_000 })).toBeLessThanOrEqual(LONGEST_ASKED_MS * 1.1);
    expect(wait({ askedMs: 10_000, local: true, every: 200, least: 0 })).toBeGreaterThanOrEqual(10_000);
  });

  it("is never shorter than the server or the limits ask, and never longer than a timer can be", () =>
    fc.assert(
      fc.property(
        fc.record({
          every: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
          least: fc.constantFrom(0, 5_000),
          local: fc.boolean(),
          failures: fc.nat(2_000),
          askedMs: fc.double({ min: 0, max: 1e13, noNaN: true }),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (pace, random) => {
          const found = untilNextPoll(pace, random);
          expect(found).toBeGreaterThanOrEqual(Math.min(pace.askedMs, LONGEST_ASKED_MS));
          expect(found).toBeGreaterThanOrEqual(pace.least);
          expect(found).toBeGreaterThanOrEqual(pace.every * 0.9 - 1);
          expect(found).toBeLessThanOrEqual(2 ** 31 - 1);
          const longest = Math.max(pace.every, LONGEST_BACKOFF_MS, Math.min(pace.askedMs, LONGEST_ASKED_MS));
          expect(found).toBeLessThanOrEqual(longest * 1.1 + 1);
        },
      ),
    ));
});

it("a change starts a poll at once where polls are quick, and after the interval at the latest where they are slow", () => {
  expect(restAfter(20, 60_000)).toBe(80);
  expect(restAfter(5_000, 60_000)).toBe(20_000);
  expect(restAfter(600_000, 60_000)).toBe(60_000);
});
