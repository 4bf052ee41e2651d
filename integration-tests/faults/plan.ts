/**
 * The faults of one round, drawn from its seed: the kind, the process, the time, the duration. The same seed gives the same
 * plan; the timing of the machine still differs.
 */
import { type Random, randomOf } from "../../consumer/testing/random-history.ts";
import { BROKERS } from "../support/cluster.ts";

export type Component = "producer" | "consumer" | "analyzer";
/** A process of the round: consumer 0, consumer 1, ... */
export interface Who {
  readonly component: Component;
  readonly n: number;
}

export type Fault =
  /** kill -9, or SIGTERM, at any moment; the process starts again after `for` ms. */
  | { readonly kind: "kill" | "stop"; readonly who: Who; readonly for: number }
  /** SIGSTOP, and SIGCONT after `for` ms. */
  | { readonly kind: "pause"; readonly who: Who; readonly for: number }
  | { readonly kind: "broker killed" | "broker paused"; readonly broker: number; readonly for: number }
  /** Of one process, to one broker or (0) to all. */
  | {
      readonly kind: "line cut" | "line deaf";
      readonly who: Who;
      readonly broker: number;
      readonly for: number;
    }
  | { readonly kind: "line slow"; readonly who: Who; readonly ms: number; readonly for: number }
  /** Another program holds the write lock of the database. */
  | { readonly kind: "database locked"; readonly for: number }
  | { readonly kind: "clock steps"; readonly who: Who; readonly by: number; readonly for: number }
  /** One more consumer, or one less: the group rebalances. */
  | { readonly kind: "consumer joins" | "consumer leaves"; readonly for: number };

export type FaultKind = Fault["kind"];

export interface Step {
  /** Milliseconds after the one before. */
  readonly after: number;
  readonly fault: Fault;
}

export interface Plan {
  readonly seed: number;
  readonly consumers: number;
  readonly steps: readonly Step[];
}

/** How often each is drawn, of all these. */
const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  kill: 6,
  stop: 2,
  pause: 4,
  "broker killed": 2,
  "broker paused": 2,
  "line cut": 3,
  "line deaf": 2,
  "line slow": 2,
  "database locked": 2,
  "clock steps": 2,
  "consumer joins": 2,
  "consumer leaves": 1,
};

const HOUR_MS = 3_600_000;
/** Longer than a group waits for a silent member (10 s): its partitions move. */
const LONG_PAUSE_MS = 12_000;

export function planOf(seed: number, seconds: number): Plan {
  const r = randomOf(seed * 7919 + 1);
  const consumers = 1 + r.below(3);
  const steps: Step[] = [];
  let long = 1;
  for (let at = 0; ; ) {
    const after = 200 + r.below(1_500);
    at += after;
    if (at > seconds * 1_000) return { seed, consumers, steps };
    // One long pause a round at most: it takes as long as all the rest.
    const pauseMs = () => {
      if (long === 0 || !r.chance(0.3)) return 300 + r.below(3_000);
      long--;
      return LONG_PAUSE_MS;
    };
    steps.push({ after, fault: faultOf(r, consumers, pauseMs) });
  }
}

function faultOf(r: Random, consumers: number, pauseMs: () => number): Fault {
  const kinds = (Object.keys(WEIGHTS) as FaultKind[]).flatMap((kind) =>
    Array<FaultKind>(WEIGHTS[kind]).fill(kind),
  );
  const kind = r.pick(kinds);
  const component = r.pick(["producer", "consumer", "consumer", "analyzer"] as const);
  const who = { component, n: component === "consumer" ? r.below(consumers) : 0 };
  const short = 100 + r.below(2_500);
  switch (kind) {
    case "kill":
    case "stop":
      return { kind, who, for: r.below(1_500) };
    case "pause":
      return { kind, who, for: pauseMs() };
    case "broker killed":
    case "broker paused":
      return { kind, broker: 1 + r.below(BROKERS), for: 1_000 + r.below(5_000) };
    case "line cut":
    case "line deaf":
      return { kind, who, broker: r.below(BROKERS + 1), for: short };
    case "line slow":
      return { kind, who, ms: 20 + r.below(400), for: 2 * short };
    case "database locked":
      return { kind, for: 500 + r.below(4_000) };
    case "clock steps":
      return {
        kind,
        who,
        by: (r.chance(0.5) ? 1 : -1) * (HOUR_MS / 2 + r.below(30 * HOUR_MS)),
        for: 2 * short,
      };
    case "consumer joins":
    case "consumer leaves":
      return { kind, for: short };
  }
}

/** A fault as one line of text. */
export const describeFault = (fault: Fault): string => {
  const { kind, ...rest } = fault;
  const who =
    "who" in rest ? ` ${rest.who.component}${rest.who.component === "consumer" ? ` ${rest.who.n}` : ""}` : "";
  const broker = "broker" in rest ? (rest.broker === 0 ? " all brokers" : ` broker ${rest.broker}`) : "";
  const more = "ms" in rest ? ` ${rest.ms} ms` : "by" in rest ? ` ${Math.round(rest.by / 60_000)} min` : "";
  return `${kind}${who}${broker}${more} for ${rest.for} ms`;
};
