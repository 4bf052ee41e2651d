/**
 * A history: the events and faults of a run, with their times, drawn from a seed before the run begins. Steps are data, so
 * a failing history can be shrunk, printed and played again.
 */

import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { type Random, randomOf } from "../consumer/testing/random-history.ts";
import type { Synchronous } from "./disk.ts";
import { ANSWERS, type Answer, CHANGES, type Change, FILE_NAMES, type FileName } from "./files.ts";
import { FOREIGN_NAMES } from "./foreign.ts";
import type { Fuse } from "./kernel.ts";
import type { LogFaults } from "./log.ts";

/** Of the machine that has ventes.db; producers have machines of their own. */
export const WRITERS = ["consumer-1", "consumer-2", "analyzer"] as const;
export type Writer = (typeof WRITERS)[number];
export const isWriter = (who: string): who is Writer => (WRITERS as readonly string[]).includes(who);
export type Who = Writer | "producer-1" | "producer-2" | "publisher";

export type Happening =
  /** A foreign producer publishes the next events of its own history. */
  | { readonly kind: "events"; readonly topic: EventTopic; readonly partition: number; readonly n: number }
  | { readonly kind: "foreign"; readonly topic: EventTopic; readonly name: string }
  | { readonly kind: "change"; readonly file: FileName; readonly change: Change; readonly seed: number }
  | { readonly kind: "answer"; readonly file: FileName; readonly answer: Answer }
  /** A second producer polls every file once. */
  | { readonly kind: "second producer" }
  | {
      readonly kind: "kill";
      readonly who: Who;
      readonly at: Fuse["at"] | "now";
      readonly n: number /** Of the first producer: its machine loses power. */;
      readonly power: boolean;
    }
  /** The machine of ventes.db loses power, in the n-th statement or commit of one of its processes, or now. */
  | {
      readonly kind: "power cut";
      readonly who: Writer;
      readonly at: Fuse["at"] | "now" | "in a checkpoint";
      readonly n: number;
    }
  | Ambush
  /** SIGTERM. */
  | { readonly kind: "stop"; readonly who: Writer }
  /** SIGSTOP, and SIGCONT after `ms`. */
  | { readonly kind: "pause"; readonly who: Who; readonly ms: number }
  | { readonly kind: "rebalance"; readonly overlapping: number }
  | { readonly kind: "log away"; readonly ms: number }
  /** Sends that are still on their way to the log arrive, or are lost. */
  | { readonly kind: "land" }
  | { readonly kind: "checkpoint"; readonly restart: boolean }
  | { readonly kind: "locked"; readonly who: Writer; readonly times: number }
  | { readonly kind: "read" }
  | { readonly kind: "long read"; readonly ms: number }
  | { readonly kind: "replay" }
  | { readonly kind: "lose producer state"; readonly who: "producer-1" }
  | { readonly kind: "next day" };

/**
 * A file changes, and a fault hits the next announcement or events that the first producer sends for it. `sleeps`: the
 * producer is paused just before the send; another one reads a new state of the file, and the file then changes back; the
 * first producer goes on and sends. `lands late`: the send gets no answer, the file changes back, and `ms` later the send
 * arrives.
 */
export interface Ambush {
  readonly kind: "ambush";
  readonly file: FileName;
  readonly to: "sources" | "events";
  readonly fate: "sleeps" | "lands late";
  readonly ms: number;
  readonly seed: number;
}

export interface Step {
  /** Virtual milliseconds after the beginning. */
  readonly at: number;
  readonly what: Happening;
}

export interface History {
  readonly seed: number;
  /** The seed of chances and interleavings during the run: that of the history, unless it was shrunk. */
  readonly schedule: number;
  readonly synchronous: Synchronous;
  readonly faults: LogFaults;
  /** Chance of a reader between two statements of anybody. */
  readonly reads: number;
  /** Whether real producers read real files in it. */
  readonly producers: boolean;
  /** Number of events that other producers have to publish. */
  readonly events: number;
  readonly steps: readonly Step[];
}

const FUSES: readonly Fuse["at"][] = ["statement", "statement", "before commit", "in commit", "after commit"];

/** Draws a step of each kind; the weights are drawn again for each history, so that some have much of one thing. */
function happeningOf(kind: string, r: Random, producers: boolean): Happening {
  const topic = r.pick([...EVENT_TOPICS, "ventes", "ventes", "produits"] as const);
  const who: Who = r.pick(
    producers ? [...WRITERS, "producer-1", "producer-2", "publisher"] : [...WRITERS, "publisher"],
  );
  const writer = r.pick(WRITERS);
  switch (kind) {
    case "foreign":
      return { kind, topic, name: r.pick(FOREIGN_NAMES) };
    case "change":
      return { kind, file: r.pick(FILE_NAMES), change: r.pick(CHANGES), seed: r.below(2 ** 31) };
    case "answer":
      return { kind, file: r.pick(FILE_NAMES), answer: r.pick(ANSWERS) };
    case "kill": {
      const at = r.pick(["now", ...FUSES] as const);
      return { kind, who, at, n: at === "statement" ? r.below(60) : r.below(4), power: r.chance(0.5) };
    }
    case "power cut": {
      const at = r.pick(["now", "in a checkpoint", ...FUSES] as const);
      return { kind, who: writer, at, n: at === "statement" ? r.below(60) : r.below(4) };
    }
    case "ambush": {
      const [to, fate] = r.pick([
        ["sources", "sleeps"],
        ["sources", "sleeps"],
        ["events", "sleeps"],
        ["events", "lands late"],
        ["events", "lands late"],
        ["sources", "lands late"],
      ] as const);
      return { kind, file: r.pick(FILE_NAMES), to, fate, ms: 500 + r.below(6000), seed: r.below(2 ** 31) };
    }
    case "stop":
      return { kind, who: writer };
    case "pause":
      return { kind, who, ms: 200 + r.below(6000) };
    case "rebalance":
      return { kind, overlapping: r.pick([0, 0, 0.3]) };
    case "log away":
      return { kind, ms: 50 + r.below(3000) };
    case "checkpoint":
      return { kind, restart: r.chance(0.3) };
    case "locked":
      return { kind, who: writer, times: 1 + r.below(4) };
    case "long read":
      return { kind, ms: 100 + r.below(4000) };
    case "lose producer state":
      return { kind, who: "producer-1" };
    case "second producer":
    case "land":
    case "read":
    case "replay":
    case "next day":
      return { kind };
    default:
      return { kind: "events", topic, partition: r.below(2), n: 1 + r.below(6) };
  }
}

const WEIGHTS: Readonly<Record<string, number>> = {
  events: 12,
  foreign: 1.5,
  change: 5,
  answer: 2,
  "second producer": 2,
  ambush: 3,
  kill: 3,
  "power cut": 2,
  stop: 0.5,
  pause: 1,
  rebalance: 2.5,
  "log away": 1,
  land: 1,
  checkpoint: 2,
  locked: 1,
  read: 2,
  "long read": 0.7,
  replay: 0.6,
  "lose producer state": 0.4,
  "next day": 0.7,
};
const OF_PRODUCERS = new Set([
  "change",
  "answer",
  "second producer",
  "ambush",
  "lose producer state",
  "next day",
]);

/** The kinds of steps. */
export const STEP_KINDS: readonly string[] = Object.keys(WEIGHTS);

/** `only`: the steps are of these kinds alone, with producers where a kind is theirs. None: of all kinds. */
export function historyOf(seed: number, only: readonly string[] = []): History {
  const r = randomOf(seed * 2654435761);
  // Every fifth history has real producers: one of their polls costs as much as a dozen batches.
  const producers = only.length === 0 ? seed % 5 === 0 : only.some((kind) => OF_PRODUCERS.has(kind));
  const weights = Object.entries(WEIGHTS)
    .filter(([kind]) => (producers || !OF_PRODUCERS.has(kind)) && (only.length === 0 || only.includes(kind)))
    .map(
      ([kind, weight]) =>
        [kind, r.chance(0.2) && kind !== "events" ? 0 : weight * (0.3 + 1.7 * r.next())] as const,
    );
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const draw = (): string => {
    let left = r.next() * total;
    for (const [kind, weight] of weights) {
      left -= weight;
      if (left < 0) return kind;
    }
    return "events";
  };
  const maybe = (value: number) => (r.chance(0.35) ? 0 : value * r.next());
  const faults: LogFaults = {
    uncertain: maybe(0.15),
    gap: maybe(0.1),
    again: maybe(0.2),
    endsEarly: maybe(0.08),
    slowMs: r.pick([1, 20, 200]),
    mostRecords: r.pick([1, 4, 30]),
  };
  const count = 10 + r.below(producers ? 40 : 30);
  const steps: Step[] = [];
  // In a history with producers the files are there from the beginning, in some order.
  if (producers)
    for (const file of FILE_NAMES)
      steps.push({
        at: r.below(500),
        what: { kind: "change", file, change: "append", seed: r.below(2 ** 31) },
      });
  for (let i = 0, at = 0; i < count; i++) {
    at += r.chance(0.3) ? r.below(20) : r.below(producers ? 2000 : 600);
    steps.push({ at, what: happeningOf(draw(), r, producers) });
  }
  return {
    seed,
    schedule: seed,
    synchronous: r.chance(0.5) ? "FULL" : "NORMAL",
    faults,
    reads: r.pick([0, 0.01, 0.05]),
    producers,
    events: 20 + r.below(producers ? 10 : 60),
    steps: steps.sort((a, b) => a.at - b.at),
  };
}

/** One line for each step. */
export const stepLine = ({ at, what }: Step): string => {
  const { kind, ...more } = what;
  return `${(at / 1000).toFixed(3).padStart(8)} s  ${kind} ${Object.entries(more)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}`.trimEnd();
};
