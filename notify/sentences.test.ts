/** The text of a message: as much as receivers take, and never nothing. */
import { describe, expect, it } from "vitest";
import type { Change } from "./memory.ts";
import { textOf, titleOf } from "./sentences.ts";

const change = (says: string): Change => ({
  event: "problem",
  kind: "failed",
  subject: "",
  says,
  since: "2026-11-27T10:00:00.000Z",
  at: "2026-11-27T10:00:00.000Z",
});

describe("the text of a message", () => {
  it("has a line for each change, and counts those that are left out", () => {
    expect(textOf([change("a"), change("b")], 0, "en")).toBe("● a\n● b");
    expect(textOf([change("a")], 1, "en")).toBe("● a\nand 1 more");
    expect(textOf([change("a")], 2, "fr")).toBe("● a\net 2 autres");
  });

  it.each(["x", "é", "漢", "😀"])(
    "of long lines of %s fits where 2,000 are the most, and has its first line",
    (letter) => {
      for (const length of [1_000, 5_000]) {
        const changes = Array.from({ length: 9 }, () => change(letter.repeat(length)));
        const text = textOf(changes, 0, "en");
        const title = titleOf([{ ...change(""), subject: letter.repeat(length) }], "fr");
        expect(Buffer.byteLength(title + text)).toBeLessThan(1_900);
        expect(text.slice(0, 20)).toContain(letter);
        expect(text).not.toContain("\ufffd");
        expect(text).toMatch(/\nand \d more$/);
      }
    },
  );
});
