import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { takeScreen } from "./screen.ts";

const { writeSync } = fs;
let out = "";

beforeEach(() => {
  out = "";
  fs.writeSync = ((_: number, bytes: Buffer) => {
    out += bytes.toString("utf8");
    return bytes.length;
  }) as typeof writeSync;
  syncBuiltinESMExports();
});
afterEach(() => {
  fs.writeSync = writeSync;
  syncBuiltinESMExports();
});

const SIZE = { columns: 10, rows: 2 };

it("uses the other screen, cuts lines to it, and gives the first one back at the end", async () => {
  const before = process.listenerCount("exit");
  await Effect.runPromise(
    Effect.scoped(
      Effect.map(takeScreen, (draw) => draw(["a text that is too long", "b", "below the screen"], SIZE)),
    ),
  );
  expect(out).toBe(
    "\u001b[?1049h\u001b[?25l\u001b[Ha text th…\u001b[K\r\nb\u001b[K\u001b[J\u001b[?25h\u001b[?1049l",
  );
  expect(process.listenerCount("exit")).toBe(before);
});

it("gives the first screen back when what draws fails", async () => {
  const failing = Effect.andThen(takeScreen, Effect.fail("broken"));
  await expect(Effect.runPromise(Effect.scoped(failing))).rejects.toThrow();
  expect(out.endsWith("\u001b[?25h\u001b[?1049l")).toBe(true);
});
