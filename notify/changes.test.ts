/** What is told, and when: each problem once, and that it is solved; nothing of what is unknown. */
import { describe, expect, it } from "vitest";
import { afterFailure, afterSent, changesOf, isDue, type Verdict, withChanges } from "./changes.ts";
import type { Change, Memory } from "./memory.ts";

const AFTER_MS = 120_000;
const BEGIN = Date.parse("2026-11-27T10:00:00.000Z");
const at = (seconds: number): Date => new Date(BEGIN + seconds * 1_000);

const failing: Verdict = {
  key: "failed a",
  kind: "failed",
  subject: "a",
  isWrong: true,
  state: "",
  says: "a cannot be read",
};
const read: Verdict = { ...failing, isWrong: false, says: "a is read again" };
const held: Verdict = { ...failing, key: "version a", kind: "version", state: "many:1", says: "a waits" };

/** The events of a history: seconds since the beginning, and what is known then. */
const told = (...history: readonly (readonly [number, ...Verdict[]])[]): readonly string[] => {
  let known: Memory["known"] = {};
  return history.flatMap(([seconds, ...verdicts]) => {
    const after = changesOf(known, verdicts, at(seconds), AFTER_MS);
    // As a restart finds it.
    known = JSON.parse(JSON.stringify(after.known)) as Memory["known"];
    return after.changes.map(({ event, kind }) => `${seconds} ${event} ${kind}`);
  });
};

describe("a problem", () => {
  it("is told once when it has lasted, and that it is solved", () =>
    expect(
      told([0, failing], [60, failing], [120, failing], [122, failing], [900, failing], [902, read]),
    ).toEqual(["120 problem failed", "902 solved failed"]));

  it("that passes by itself is not told, nor that it is solved", () =>
    expect(told([0, failing], [60, read], [62, failing], [181, failing], [183, read])).toEqual([]));

  it("stays as it is while nothing is known of it: a file that is being read, however long", () => {
    const unknown: Verdict = { ...failing, isWrong: null };
    expect(
      told([0, failing], [120, failing], [180, unknown], [9_000, unknown], [9_100, failing], [9_200, read]),
    ).toEqual(["120 problem failed", "9200 solved failed"]);
    expect(told([0, unknown], [60, read])).toEqual([]);
  });

  it("that began while the clock was a year ahead is told too", () =>
    expect(told([31_536_000, failing], [0, failing], [119, failing], [120, failing])).toEqual([
      "120 problem failed",
    ]));

  it("of a source that is followed no longer is forgotten, without a word", () =>
    expect(told([0, failing], [120, failing], [180], [781], [900, read])).toEqual(["120 problem failed"]));

  it("of a version is told at once, and again when another decision is asked for", () =>
    expect(
      told([0, held], [2, held], [4, { ...held, state: "many:2" }], [6, { ...held, isWrong: false }]),
    ).toEqual(["0 problem version", "4 problem version", "6 solved version"]));
});

const change = (n: number): Change => ({
  event: "problem",
  kind: "failed",
  subject: `${n}`,
  says: `${n}`,
  since: at(n).toISOString(),
  at: at(n).toISOString(),
});

const tellsAll = (changes: readonly Change[]) => ({ known: {}, changes, open: new Map<string, Change>() });

describe("an outbox", () => {
  it("counts what does not fit, and goes with its destination", () => {
    const many = Array.from({ length: 250 }, (_, n) => change(n));
    const boxes = withChanges(
      withChanges({}, ["a", "b"], tellsAll(many), at(0)),
      ["b", "c"],
      tellsAll([change(1)]),
      at(0),
    );
    expect(Object.keys(boxes)).toEqual(["b", "c"]);
    expect(boxes.b).toMatchObject({ dropped: 51 });
    expect(boxes.b?.changes).toHaveLength(200);
    expect(boxes.c?.changes).toHaveLength(1);
  });

  it("keeps what came while a message was sent, and waits a minute", () => {
    const sent = { changes: [change(1)], dropped: 3, tries: 2, next: null };
    expect(afterSent({ ...sent, changes: [change(1), change(2)], dropped: 4 }, sent, at(10))).toEqual({
      changes: [change(2)],
      dropped: 1,
      tries: 0,
      next: at(70).toISOString(),
    });
  });

  it("waits longer after each failure, up to an hour, and leaves out what is older than a day", () => {
    const waits = [0, 1, 2, 30].map((tries) => {
      const outbox = { changes: [change(0)], dropped: 0, tries, next: null };
      const { outbox: after, lost } = afterFailure(outbox, outbox, at(0), false, []);
      expect([after.changes, lost]).toEqual([[change(0)], 0]);
      return (Date.parse(after.next ?? "") - BEGIN) / 1_000;
    });
    expect(waits).toEqual([5, 10, 20, 3_600]);
    const old = { changes: [change(0), change(90_000)], dropped: 0, tries: 9, next: null };
    expect(afterFailure(old, old, at(90_000), false, ["k"])).toMatchObject({
      outbox: { changes: [change(90_000)], owed: ["k"] },
      lost: 1,
    });
  });

  it("waits, but not for a time of a clock that was a year ahead", () => {
    const outbox = { changes: [change(0)], dropped: 0, tries: 1 };
    const due = [null, at(0), at(1), at(3_600), at(31_536_000)].map((next) =>
      isDue({ ...outbox, next: next === null ? null : next.toISOString() }, at(0)),
    );
    expect(due).toEqual([true, true, false, false, true]);
  });

  it("is emptied of what a destination refuses for good", () => {
    const sent = { changes: [change(1)], dropped: 2, tries: 0, next: null };
    const after = afterFailure({ ...sent, changes: [change(1), change(2)] }, sent, at(0), true, ["k"]);
    expect(after).toMatchObject({ outbox: { changes: [change(2)], dropped: 0, owed: ["k"] }, lost: 3 });
  });
});
