/**
 * Virtual time, chance, and the order of tasks. Everything in a simulation runs as a fiber of a `Process`, and a process
 * goes on only when the kernel runs one of its tasks. The kernel draws the task from the one random source, so a seed
 * always gives the same interleaving. The services Clock, Random and NewId of a process are the kernel's. A process can
 * be killed between any two tasks (and, by sqlite-hooks.ts, before any SQL statement), paused as by SIGSTOP, and started
 * again.
 *
 * Not modelled: two transactions of one file at the same instant (a task runs to its end; SQLITE_BUSY is injected
 * instead), and code that awaits something real: nothing of what is simulated does.
 */
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import * as Random from "effect/Random";
import type { Scheduler } from "effect/Scheduler";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { NewId } from "#shared/runtime/time.ts";
import type { Random as SeededRandom } from "../consumer/testing/random-history.ts";

/** Thrown in the code of a killed process at its next statement. No code may continue after it. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Operations of a fiber before it lets others run. */
const MOST_OPS = 2048;

/** Where a process dies: before the n-th SQL statement from now, or in the middle of that many-th commit. */
export interface Fuse {
  left: number;
  readonly at: "statement" | "before commit" | "in commit" | "after commit";
  readonly strike: () => void;
}

export class Process {
  readonly name: string;
  readonly kernel: Kernel;
  alive = true;
  paused = false;
  fuse: Fuse | undefined;
  /** Of its BEGIN IMMEDIATEs this many find the file locked. */
  busy = 0;
  readonly connections = new Set<Sqlite>();
  readonly tasks: (() => void)[] = [];
  fiber: Fiber.Fiber<unknown, unknown> | undefined;

  constructor(kernel: Kernel, name: string) {
    this.kernel = kernel;
    this.name = name;
  }

  /** Lets the process go on at some later time. */
  readonly post = (task: () => void): void => {
    if (this.alive) this.tasks.push(task);
  };

  /** Kills it at once. Its connections are closed when its stack is unwound. */
  kill(): void {
    this.alive = false;
    this.tasks.length = 0;
    this.kernel.buried.push(this);
  }

  /** A pause of a random length, or of `ms`. */
  readonly wait = (ms: number): Effect.Effect<void> =>
    Effect.callback<void>((resume) => {
      let waiting = true;
      this.kernel.at(ms, this, () => {
        if (waiting) resume(Effect.void);
      });
      return Effect.sync(() => {
        waiting = false;
      });
    });
}

interface Timer {
  readonly at: number;
  readonly seq: number;
  readonly process: Process | undefined;
  readonly fire: () => void;
}

export class Kernel {
  readonly random: SeededRandom;
  /** Virtual milliseconds since 1970. */
  now: number;
  readonly processes = new Set<Process>();
  readonly buried: Process[] = [];
  current: Process | undefined;
  /** Called after the connections of the processes that died in a task were closed. */
  onBuried: () => void = () => {};
  tasksRun = 0;
  /** The random numbers of the processes. */
  readonly #chance: typeof Random.Random.Service = {
    nextDoubleUnsafe: () => this.random.next(),
    nextIntUnsafe: () => Math.floor(this.random.next() * 2 ** 53),
  };
  /** The ids of the processes: UUIDs in form, so that code which takes them apart finds their parts. */
  readonly #newId = (): string => {
    const hex = (digits: number) =>
      Array.from({ length: digits }, () => this.random.below(16).toString(16)).join("");
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  };
  #timers: Timer[] = [];
  #seq = 0;

  /** The clock without a process: `sleep` belongs to processes. */
  readonly clock: Omit<Clock.Clock, "sleep">;

  constructor(random: SeededRandom, now: number) {
    this.random = random;
    this.now = now;
    const millis = () => Math.floor(this.now);
    const nanos = () => BigInt(Math.round(this.now * 1e6));
    this.clock = {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanosUnsafe: nanos,
      monotonicTimeNanos: Effect.sync(nanos),
    };
  }

  /** Calls `fire` in `ms`: as a task of the process, or (without one) of the world itself. */
  at(ms: number, process: Process | undefined, fire: () => void): void {
    const timer: Timer = { at: this.now + Math.max(0, ms), seq: this.#seq++, process, fire };
    // Few timers are pending at any time: a sorted list.
    let i = this.#timers.length;
    while (i > 0 && (this.#timers[i - 1] as Timer).at > timer.at) i--;
    this.#timers.splice(i, 0, timer);
  }

  spawn<A, E>(
    name: string,
    effect: (process: Process) => Effect.Effect<A, E>,
    onExit: (exit: Exit.Exit<A, E>) => void,
  ): Process {
    const process = new Process(this, name);
    this.processes.add(process);
    process.post(() => {
      const fiber = Effect.runFork(
        effect(process).pipe(
          Effect.provideService(Clock.Clock, clockOf(process)),
          Effect.provideService(Random.Random, this.#chance),
          Effect.provideService(NewId, this.#newId),
        ),
        { scheduler: schedulerOf(process) },
      );
      process.fiber = fiber;
      fiber.addObserver((exit) => {
        if (!process.alive) return;
        this.processes.delete(process);
        onExit(exit);
      });
    });
    return process;
  }

  /** Runs `work` as if the process did. */
  runAs(process: Process | undefined, work: () => void): void {
    const before = this.current;
    this.current = process;
    try {
      work();
    } finally {
      this.current = before;
    }
  }

  /** Runs one task, or the next timer. Returns false when there are none. */
  step(): boolean {
    const ready: Process[] = [];
    for (const process of this.processes)
      if (!process.paused && process.tasks.length > 0) ready.push(process);
    if (ready.length > 0) {
      const process = this.random.pick(ready);
      this.tasksRun++;
      this.runAs(process, process.tasks.shift() as () => void);
      this.bury();
      return true;
    }
    const timer = this.#timers.shift();
    if (timer === undefined) return false;
    if (timer.at > this.now) this.now = timer.at;
    if (timer.process === undefined) {
      timer.fire();
      this.bury();
    } else timer.process.post(timer.fire);
    return true;
  }

  /** Until `done`, or until `ms` of virtual time have passed: then false. */
  run(done: () => boolean, ms: number): boolean {
    const end = this.now + ms;
    while (!done()) {
      if (this.now > end) return false;
      if (!this.step()) this.now = end + 1;
    }
    return true;
  }

  /** Closes the connections of dead processes. */
  bury(): void {
    if (this.buried.length === 0) return;
    for (const process of this.buried.splice(0)) {
      this.processes.delete(process);
      for (const db of process.connections) if (db.open) db.close();
    }
    this.onBuried();
  }
}

const schedulerOf = (process: Process): Scheduler => ({
  executionMode: "async",
  shouldYield: (fiber) => fiber.currentOpCount >= MOST_OPS,
  makeDispatcher: () => ({ scheduleTask: (task) => process.post(task), flush: () => {} }),
});

const clockOf = (process: Process): Clock.Clock => ({
  ...process.kernel.clock,
  sleep: (duration) => process.wait(Duration.toMillis(duration)),
});
