import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contentHash,
  isOlder,
  isWholeDue,
  LONGEST_ON_TAILS_MS,
  LONGEST_UNREAD_MS,
  MOST_TAILS,
  type Validators,
  validatorsOf,
} from "./fetched.ts";
import { Intake } from "./intake.ts";

const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
/** As reads of these pieces, one after another, leave them. */
const knownAs = (pieces: readonly Buffer[], more: Partial<Validators> = {}): Validators => {
  let end = 0;
  const segments = pieces.map((piece) => {
    end += piece.length;
    return { end, hash: sha(piece) };
  });
  const now = new Date().toISOString();
  const tail = { bytes: 0, hash: sha(Buffer.alloc(0)) };
  return {
    etag: null,
    lastModified: null,
    young: false,
    stat: null,
    left: false,
    bytes: end,
    segments,
    tail,
    ranges: true,
    wholeAt: now,
    charset: null,
    ...more,
  };
};

it("a whole content begins with the known one exactly when its bytes do, in any pieces", () => {
  const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((a) => Buffer.from(a));
  fc.assert(
    fc.property(
      fc.array(bytes(40), { minLength: 1, maxLength: 5 }),
      bytes(40),
      fc.array(fc.nat({ max: 250 }), { maxLength: 6 }),
      fc.option(fc.nat({ max: 250 }), { nil: undefined }),
      fc.boolean(),
      (pieces, more, cuts, flipped, shorter) => {
        const before = Buffer.concat(pieces);
        let content = Buffer.concat([before, more]);
        if (shorter) content = content.subarray(0, Math.max(0, before.length - 1));
        if (flipped !== undefined && flipped < content.length) {
          content = Buffer.from(content);
          content[flipped] = (content[flipped] ?? 0) ^ 1;
        }
        const intake = new Intake(knownAs(pieces));
        let at = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), content.length]) {
          if (cut < at || cut > content.length) continue;
          intake.take(content.subarray(at, cut));
          at = cut;
        }
        expect(intake.bytes).toBe(content.length);
        expect(intake.finish()).toEqual({
          hash: sha(content),
          beginsWithKnown: content.subarray(0, before.length).equals(before),
        });
      },
    ),
    { numRuns: 500 },
  );
});

it("an empty known content is the beginning of no new content", () => {
  expect(new Intake(null).finish().beginsWithKnown).toBe(false);
});

describe("a whole read", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  const ago = (ms: number) => new Date(now - ms).toISOString();
  const piece = Buffer.from("x");
  const dueAfter = (tails: number, ms: number) =>
    isWholeDue(knownAs(Array(tails + 1).fill(piece), { wholeAt: ago(ms) }), now);

  it("is due after so many tails, an hour on tails, or a day", () => {
    expect(dueAfter(0, 0)).toBe(false);
    expect(dueAfter(0, LONGEST_UNREAD_MS - 1)).toBe(false);
    expect(dueAfter(0, LONGEST_UNREAD_MS)).toBe(true);
    expect(dueAfter(1, LONGEST_ON_TAILS_MS - 1)).toBe(false);
    expect(dueAfter(1, LONGEST_ON_TAILS_MS)).toBe(true);
    expect(dueAfter(MOST_TAILS - 1, 0)).toBe(false);
    expect(dueAfter(MOST_TAILS, 0)).toBe(true);
  });

  it("is due when the clock was set back", () => expect(dueAfter(0, -60_000)).toBe(true));
});

it("a version is older by its date only when both dates are there and the last was none of the future", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  const older = (given: string | null, held: string | null) =>
    isOlder(given, knownAs([], { lastModified: held }), now);
  expect(older("Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT")).toBe(true);
  expect(older("Tue, 02 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT")).toBe(false);
  expect(older("Wed, 03 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT")).toBe(false);
  expect(older(null, "Tue, 02 Jan 2024 00:00:00 GMT")).toBe(false);
  expect(older("Tue, 02 Jan 2024 00:00:00 GMT", null)).toBe(false);
  expect(older("some day", "Tue, 02 Jan 2024 00:00:00 GMT")).toBe(false);
  expect(older("Tue, 02 Jan 2024 00:00:00 GMT", "Fri, 02 Jan 2099 00:00:00 GMT")).toBe(false);
  expect(isOlder("Tue, 02 Jan 2024 00:00:00 GMT", null, now)).toBe(false);
});

it("validators of another form are ignored; those of this form are as they were stored", () => {
  const known = knownAs([Buffer.from("a")]);
  expect(validatorsOf(JSON.parse(JSON.stringify(known)))).toEqual(known);
  for (const stored of [
    null,
    undefined,
    {},
    "x",
    { etag: '"1"', lastModified: null, stat: null, hash: "x", left: false },
  ])
    expect(validatorsOf(stored)).toBeNull();
  expect(contentHash(known)).toBe(sha(Buffer.from("a")));
  expect(contentHash(knownAs([Buffer.from("a"), Buffer.from("b")]))).toBeNull();
});
