/**
 * Tells the followers of events.db that the file was written: those of this thread at once, those of other threads of
 * this process by a message. Other processes find it by themselves (change-notifier.ts).
 */
import { BroadcastChannel } from "node:worker_threads";

export class ChangeSignal {
  readonly #wakes = new Set<() => void>();
  readonly #channel: BroadcastChannel;

  /** `file`: the real path of events.db. Threads that follow the same file hear each other. */
  constructor(file: string) {
    this.#channel = new BroadcastChannel(`ventes ${file}`);
    this.#channel.onmessage = () => this.#wakeAll();
    // It alone is no reason for the process to go on.
    this.#channel.unref();
  }

  /** Calls `wake` after each write from now on. Returns what ends that. */
  onWrite(wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  /** Call it after a write. */
  written(): void {
    this.#wakeAll();
    this.#channel.postMessage(null);
  }

  close(): void {
    this.#channel.close();
  }

  #wakeAll(): void {
    for (const wake of this.#wakes) wake();
  }
}
