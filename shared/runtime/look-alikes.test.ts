import { describe, expect, it } from "vitest";
import { LookAlikes, skeletonOf } from "./look-alikes.ts";

describe("ids that look the same", () => {
  it.each([
    ["a Cyrillic letter", "А1"],
    ["a Greek letter", "Α1"],
    ["full-width characters", "Ａ１"],
    ["a zero-width space", "A\u200b1"],
    ["a soft hyphen", "A\u00ad1"],
    ["a byte order mark", "A1\ufeff"],
  ])("by %s", (_, id) => {
    expect(id).not.toBe("A1");
    expect(skeletonOf(id)).toBe("A1");
  });

  it.each(["A2", "a1", "A-1", "É1", "中1"])("%s does not look like A1", (id) =>
    expect(skeletonOf(id)).not.toBe("A1"),
  );

  it("are found in any order, each once, with the first five shown", () => {
    const alikes = new LookAlikes();
    for (const id of ["А1", "A1", "B1", "A1", "А1", "В1", "C1", "С1", "E1", "Е1", "H1", "Н1", "K1", "К1"])
      alikes.see(id);
    expect(alikes.count).toBe(6);
    expect(alikes.examples).toHaveLength(5);
    expect(alikes.examples[0]).toEqual(["А1", "A1"]);
  });

  it("are searched among the first 20,000 ids only", () => {
    const alikes = new LookAlikes();
    for (let i = 0; i < 30_000; i++) alikes.see(`id${i}`);
    alikes.see("іd5");
    alikes.see("іd29000");
    expect(alikes.count).toBe(1);
  });
});
