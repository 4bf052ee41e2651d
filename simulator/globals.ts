/**
 * While a simulation runs, replaces the globals for the clock, random numbers and setImmediate by those of the kernel. One
 * simulation at a time.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import type { Kernel } from "./kernel.ts";

/** Runs `work` with the kernel's time, random numbers and event loop. */
export function withGlobals<A>(kernel: Kernel, work: () => A): A {
  const real = {
    Date: globalThis.Date,
    setImmediate: globalThis.setImmediate,
    clearImmediate: globalThis.clearImmediate,
    random: Math.random,
    now: performance.now,
    randomUUID: crypto.randomUUID,
  };
  class SimulatedDate extends real.Date {
    constructor(...parts: readonly unknown[]) {
      super(...((parts.length === 0 ? [kernel.now] : parts) as [number]));
    }
    static override now(): number {
      return Math.floor(kernel.now);
    }
  }
  const { random } = kernel;
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => random.below(16).toString(16)).join("");
  globalThis.Date = SimulatedDate as DateConstructor;
  globalThis.setImmediate = ((task: () => void) => {
    const process = kernel.current;
    let wanted = true;
    process?.post(() => {
      if (wanted) task();
    });
    return () => {
      wanted = false;
    };
  }) as unknown as typeof setImmediate;
  globalThis.clearImmediate = ((cancel: () => void) => cancel()) as unknown as typeof clearImmediate;
  Math.random = () => random.next();
  performance.now = () => kernel.now;
  crypto.randomUUID = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  syncBuiltinESMExports();
  try {
    return work();
  } finally {
    globalThis.Date = real.Date;
    globalThis.setImmediate = real.setImmediate;
    globalThis.clearImmediate = real.clearImmediate;
    Math.random = real.random;
    performance.now = real.now;
    crypto.randomUUID = real.randomUUID;
    syncBuiltinESMExports();
  }
}
