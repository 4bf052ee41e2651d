/**
 * One component as a process under faults: it is killed, stopped, paused, cut off from brokers, its clock is set, and it is
 * started again. Faults of one process run one after the other. A process that ends by itself is a finding, because no
 * fault of a round may end one.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Line, openLine } from "../support/line.ts";
import { type Ran, type Running, startVentes } from "../support/ventes.ts";
import type { Component } from "./plan.ts";

const CLOCK = pathToFileURL(join(import.meta.dirname, "shifted-clock.ts")).href;
/** A component promises to stop within 5 s; on a busy machine it may take longer until the signal reaches it. */
const STOPS_WITHIN_MS = 20_000;

export interface ActorOptions {
  readonly component: Component;
  readonly name: string;
  readonly data: string;
  readonly brokers: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** For the file of its clock. */
  readonly folder: string;
}

export class Actor {
  readonly name: string;
  readonly line: Line;
  /** Faults of the program itself: a process that ended or did not stop. */
  readonly findings: string[] = [];
  readonly #options: ActorOptions;
  readonly #clock: string;
  readonly #stderr: string[] = [];
  #running: Running | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  static async make(options: ActorOptions): Promise<Actor> {
    return new Actor(options, await openLine(options.brokers));
  }

  constructor(options: ActorOptions, line: Line) {
    this.#options = options;
    this.name = options.name;
    this.line = line;
    this.#clock = join(options.folder, `clock-${options.name.replaceAll(" ", "-")}`);
  }

  /** Runs faults one after the other. */
  befall<A>(fault: () => Promise<A>): Promise<A> {
    const done = this.#turn.then(fault);
    this.#turn = done.catch(() => {});
    return done;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Waits for the end of a process that must end by itself. */
  endsByItself(): Promise<Ran> {
    if (this.#running === undefined) throw new Error(`${this.name} does not run`);
    const { ended } = this.#running;
    this.#running = undefined;
    return ended;
  }

  /** The stderr of all its runs. */
  stderr(): string {
    return [...this.#stderr, this.#running?.stderr() ?? ""].join("");
  }

  start(): void {
    if (this.#running !== undefined) return;
    const { component, data, env } = this.#options;
    const running = startVentes([component, "--data", data], {
      env: {
        ...env,
        KAFKA_BROKERS: this.line.brokers.join(","),
        NODE_OPTIONS: `--import ${CLOCK}`,
        VENTES_TEST_CLOCK: this.#clock,
      },
    });
    this.#running = running;
    void running.ended.then(({ code, signal, stderr }) => {
      this.#stderr.push(stderr);
      if (this.#running !== running) return;
      this.#running = undefined;
      this.findings.push(`${this.name} ended by itself (${code ?? signal}): ${stderr.slice(-2_000)}`);
    });
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** SIGTERM: it finishes what it has in hand and exits 130. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.wake();
    const late = setTimeout(() => {
      this.findings.push(`${this.name} did not stop in ${STOPS_WITHIN_MS} ms`);
      process.kill(running.pid, "SIGKILL");
    }, STOPS_WITHIN_MS);
    const { code, stderr } = await this.#end("SIGTERM");
    clearTimeout(late);
    if (code !== 130 && code !== null)
      this.findings.push(`${this.name}, told to stop, exited ${code}: ${stderr.slice(-2_000)}`);
  }

  async #end(signal: NodeJS.Signals): Promise<{ code: number | null; stderr: string }> {
    const running = this.#running;
    if (running === undefined) return { code: null, stderr: "" };
    this.#running = undefined;
    return running.stop(signal);
  }

  pause(): void {
    this.#signal("SIGSTOP");
  }

  wake(): void {
    this.#signal("SIGCONT");
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#running === undefined) return;
    try {
      process.kill(this.#running.pid, signal);
    } catch {
      // It has just ended.
    }
  }

  /** Its clock of the day is off by so much from now on. */
  setClock(ms: number): void {
    writeFileSync(this.#clock, String(ms));
  }

  async close(): Promise<void> {
    await this.befall(async () => {
      this.wake();
      await this.kill();
    });
    await this.line.close();
  }
}
