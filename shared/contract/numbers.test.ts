import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMillionths, millionthsOf, multiplyMillionths, parseMillionths } from "./numbers.ts";

const value = (text: string) => parseMillionths(text)?.value;

describe("a decimal as millionths", () => {
  it.each([
    ["5", 5_000_000n],
    ["-3.25", -3_250_000n],
    ["+.5", 500_000n],
    ["007.10", 7_100_000n],
    ["1.", 1_000_000n],
    ["-0", 0n],
    ["-0.1", -100_000n],
    ["999999999.999999", 999_999_999_999_999n],
    ["-1000000000", -1_000_000_000_000_000n],
    ["0.0000005", 1n],
    ["-0.0000005", -1n],
    ["0.00000049999", 0n],
    ["9223372036854.775807", 2n ** 63n - 1n],
  ])("%s", (text, millionths) => expect(value(text)).toBe(millionths));

  it.each([
    "",
    "-",
    ".",
    "-.",
    "1.2.3",
    "1-2",
    "--1",
    "1e5",
    "1,5",
    "1 000",
    "0x10",
    "NaN",
    "9223372036854.775808",
  ])("%s is none", (text) => expect(parseMillionths(text)).toBeUndefined());

  it("reports a rounding only when the removed digits are not all zero", () => {
    expect(parseMillionths("1.2345678")?.rounded).toBe(true);
    expect(parseMillionths("1.2345670")?.rounded).toBe(false);
  });

  it("becomes its shortest text, and the same number again", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        fc.constantFrom(1n, 10n ** 4n, 10n ** 9n),
        (large, by) => {
          const n = large / by;
          const text = formatMillionths(n);
          expect(value(text)).toBe(n);
          expect(millionthsOf(text)).toBe(n);
          expect(text).not.toMatch(/\.\d*0$|\.$/);
        },
      ),
    );
  });
});

describe("quantité × price", () => {
  it.each([
    [2_000_000n, 1_500_000n, 3_000_000n, false],
    [1n, 500_000n, 1n, true],
    [-1n, 500_000n, -1n, true],
    [1n, 499_999n, 0n, true],
  ])("%d × %d", (a, b, product, rounded) =>
    expect(multiplyMillionths(a, b)).toEqual({ value: product, rounded }),
  );

  it("differs from the exact product by at most half a millionth", () => {
    const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        const off = multiplyMillionths(a, b).value * 1_000_000n - a * b;
        expect((off < 0n ? -off : off) * 2n <= 1_000_000n).toBe(true);
      }),
    );
  });
});
