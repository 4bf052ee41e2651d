/**
 * One component as a process that faults befall: killed, stopped, paused, cut off, its clock stepped, and started
 * again. What befalls one of them comes one after the other. A process that ends by itself is a finding: nothing
 * that a round does may end one.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Line, openLine } from "../support/line.ts";
import { type Ran, type Running, startVentes } from "../support/ventes.ts";
import type { Component } from "./plan.ts";

const CLOCK = pathToFileURL(join(import.meta.dirname, "shifted-clock.ts")).href;
/** The contract says 5 s; a machine with seven others at work may take longer to let it begin. */
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
  /** What it should not have done. */
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

  /** One after the other. */
  befall<A>(fault: () => Promise<A>): Promise<A> {
    const done = this.#turn.then(fault);
    this.#turn = done.catch(() => {});
    return done;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** For one that is to end by itself: how it does. */
  endsByItself(): Promise<Ran> {
    if (this.#running === undefined) throw new Error(`${this.name} does not run`);
    const { ended } = this.#running;
    this.#running = undefined;
    return ended;
  }

  /** What it has said, in all its lives. */
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
