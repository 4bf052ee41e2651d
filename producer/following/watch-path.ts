/**
 * Tells that a path may have changed: written, replaced by a rename, made, removed. Its folder is watched, since
 * editors and exports put a new file in the place of the old; where it is a link, the folder of what it leads to as
 * well, unless that is out of the folder that it may not leave. A promise to notice soon, not to notice all: network file systems tell nothing, and watches are limited, so
 * whoever uses it looks by itself from time to time. `arm` then also takes up again what has failed.
 */
import { type FSWatcher, realpathSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { isUnder } from "../download/index.ts";

/** What is written in one go is told once, this long after its last piece. */
const QUIET_MS = 150;
/** What is written without end is told this often all the same. */
const LONGEST_MS = 800;

export interface WatchOptions {
  readonly within?: string | null;
  readonly quietMs?: number;
  readonly longestMs?: number;
}

export class PathWatch {
  readonly #path: string;
  readonly #within: string | null;
  readonly #onChange: () => void;
  readonly #quietMs: number;
  readonly #longestMs: number;
  /** By folder. */
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #since: number | undefined;

  /** `within`: the folder that its links may not lead out of; null: they may lead anywhere. */
  constructor(
    path: string,
    onChange: () => void,
    { within = null, quietMs = QUIET_MS, longestMs = LONGEST_MS }: WatchOptions = {},
  ) {
    this.#path = path;
    this.#within = within;
    this.#onChange = onChange;
    this.#quietMs = quietMs;
    this.#longestMs = longestMs;
  }

  /** Watches, where it does not already and where that is possible now. Never throws, and keeps no process alive. */
  arm(): void {
    const wanted = new Map<string, Set<string>>();
    const target = real(this.#path);
    const isFollowed = this.#within === null || isUnder(target, real(this.#within));
    for (const path of new Set(isFollowed ? [this.#path, target] : [this.#path])) {
      const names = wanted.get(dirname(path)) ?? new Set();
      wanted.set(dirname(path), names.add(basename(path)));
    }
    for (const [folder, watcher] of this.#watchers)
      if (!wanted.has(folder)) {
        watcher.close();
        this.#watchers.delete(folder);
      }
    for (const [folder, names] of wanted) this.#watch(folder, names);
  }

  #watch(folder: string, names: ReadonlySet<string>): void {
    if (this.#watchers.has(folder)) return;
    let watcher: FSWatcher;
    try {
      watcher = watch(folder, { persistent: false });
    } catch {
      // No such folder, no right, no watch left: polled until it can be.
      return;
    }
    this.#watchers.set(folder, watcher);
    const forget = (): void => {
      watcher.close();
      if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
    };
    watcher.on("error", forget);
    watcher.on("change", (_, name) => {
      // Some systems do not say which file it was. The folder's own name: it was itself moved or removed.
      const changed = name === null ? null : String(name);
      if (changed === basename(folder) && !names.has(changed)) forget();
      else if (changed !== null && !names.has(changed)) return;
      this.#changed();
    });
  }

  #changed(): void {
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    const left = Math.max(0, Math.min(this.#quietMs, this.#since + this.#longestMs - now));
    this.#timer = setTimeout(() => {
      this.#since = undefined;
      this.#onChange();
    }, left).unref();
  }

  /** Nothing is told from here on, until it is armed again. */
  close(): void {
    clearTimeout(this.#timer);
    this.#since = undefined;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}

const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Watches until it is closed, for those that need no more. */
export function watchPath(path: string, onChange: () => void): { readonly close: () => void } {
  const watching = new PathWatch(path, onChange);
  watching.arm();
  return watching;
}
