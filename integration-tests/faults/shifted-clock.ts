/**
 * Preloaded into a program (`NODE_OPTIONS=--import .../shifted-clock.ts`): its clock is off by the milliseconds
 * that the file VENTES_TEST_CLOCK holds, and steps while it runs when the file changes. Only the clock of the day;
 * what measures durations goes on, as on a machine whose clock is set.
 */
import { readFileSync } from "node:fs";

const file = process.env.VENTES_TEST_CLOCK ?? "";
const LOOK_MS = 50;
const RealDate = Date;
let shift = 0;
let polled = Number.NEGATIVE_INFINITY;

const now = (): number => {
  const at = performance.now();
  if (at - polled > LOOK_MS) {
    polled = at;
    try {
      shift = Number(readFileSync(file, "utf8"));
    } catch {
      // No step has been made yet.
    }
  }
  return RealDate.now() + shift;
};

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(
      target,
      args.length === 0 ? [now()] : args,
      newTarget === globalThis.Date ? target : newTarget,
    ),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
