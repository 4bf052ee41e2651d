import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonVisible, visible, visibleLines } from "./visible.ts";

/** An escape, C1, a mark that reorders text, and a line separator. */
const HOSTILE = "a\u001b]0;x\u0007\u009b2J\u202ecod.exe\u061c\u2028\u007f\r\n\tb";

it("text from data is one line, with its controls made visible", () => {
  expect(visible(HOSTILE)).toBe("a␛]0;x␇\ufffd2J\ufffdcod.exe\ufffd\ufffd\ufffd␍␊␉b");
});

it("the program's own lines, tabs and bold type stay", () => {
  expect(visibleLines(`\u001b[1mTotal\u001b[22m\r\n\t${HOSTILE}\r`)).toBe(
    "\u001b[1mTotal\u001b[22m\r\n\ta␛]0;x␇\ufffd2J\ufffdcod.exe\ufffd\ufffd\ufffd\r\n\tb␍",
  );
});

it("JSON says the same with escapes", () => {
  const json = (value: unknown): string => jsonVisible(JSON.stringify(value, null, 1));
  fc.assert(
    fc.property(
      fc.record({ a: fc.string({ unit: "binary" }), [HOSTILE]: fc.string({ unit: "binary" }) }),
      (value) => {
        expect(JSON.parse(json(value))).toEqual(value);
        expect(visibleLines(json(value))).toBe(json(value));
      },
    ),
  );
});
