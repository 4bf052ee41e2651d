import { describe, expect, it } from "vitest";
import { Lateness, type Look } from "./lateness.ts";

/** One partition: its end, the position of the database, its newest commit, and the commit of the analyses. */
const look = (end: number, position: number, newest: number, analysed: number): Look => ({
  bounds: [{ topic: "ventes", partition: 0, start: 0, end }],
  positions: [{ topic: "ventes", partition: 0, offset: position }],
  newest,
  analysed,
});

describe("how long the figures have been behind", () => {
  it("is 0 when the analyses have all that is in the topics, and that is once caught up", () => {
    const lateness = new Lateness();
    expect(lateness.caughtUp).toBe(false);
    lateness.note(look(5, 5, 2, 2), 1_000);
    expect([lateness.behindMs(9_000), lateness.caughtUp]).toEqual([0, true]);
  });

  it("counts from the look that first saw an event which is not applied", () => {
    const lateness = new Lateness();
    lateness.note(look(5, 4, 2, 2), 1_000);
    lateness.note(look(9, 4, 2, 2), 3_000);
    expect([lateness.behindMs(6_000), lateness.caughtUp]).toEqual([5_000, false]);
  });

  it("goes on while the event is applied, and its commit is in no analysis", () => {
    const lateness = new Lateness();
    lateness.note(look(5, 4, 2, 2), 1_000);
    lateness.note(look(5, 5, 3, 2), 2_000);
    expect(lateness.behindMs(4_000)).toBe(3_000);
    lateness.note(look(5, 5, 3, 3), 5_000);
    expect(lateness.behindMs(6_000)).toBe(0);
  });

  it("does not grow under a constant stream that is applied in time", () => {
    const lateness = new Lateness();
    for (let n = 1; n <= 100; n++) {
      lateness.note(look(n + 3, n, n, n), n * 1_000);
      expect(lateness.behindMs(n * 1_000)).toBeLessThanOrEqual(4_000);
    }
  });
});
