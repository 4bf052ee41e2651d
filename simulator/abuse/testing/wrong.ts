/** Parsers that are wrong, each in another way. The seeds 1 to 4 feed them in this order. */
import type { Parser } from "../parsers.ts";

/** Takes CPU time: on a busy machine, the time of the day passes without it. */
const busy = (ms: number): void => {
  const until = process.threadCpuUsage().user + ms * 1_000;
  while (process.threadCpuUsage().user < until);
};

const parser = (name: string, work: () => void): Parser => ({
  name,
  share: 1,
  *feed() {
    work();
    yield;
  },
});

export const PARSERS: readonly Parser[] = [
  parser("that loops", () => {
    for (;;);
  }),
  parser("that throws", () => {
    throw new TypeError("not a SourceRefusal");
  }),
  parser("that does not pause", () => busy(400)),
  parser("that is right", () => {}),
  parser("that fills memory", () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(1_000).fill(kept.length));
  }),
];
