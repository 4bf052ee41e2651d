/**
 * Reports that a path may have changed: that it was written, replaced by a rename, created or removed. It watches the
 * folder of the path, because editors and exports replace the file. When the path is a link, it also watches the folder
 * of the link's target, unless the target is outside of `within`.
 *
 * It may miss a change: network file systems report none, and the system limits the number of watches. So its user
 * polls from time to time, and calls `arm`, which restarts a watch that failed.
 */
import { type FSWatcher, realpathSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { isUnder } from "../download/index.ts";

/** A change is reported when no other change followed for this long, so one write of many pieces is one report. */
const QUIET_MS = 150;
/** A file that changes all the time is reported at least this often. */
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
  /** The names to report, by folder. */
  #wanted: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  /** Keyed by folder. */
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #since: number | undefined;

  /** `within`: the folder that links must not leave; null: they may lead anywhere. */
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

  /** Starts the watches that are missing, if it can. Never throws. A watch does not keep the process alive. */
  arm(): void {
    const wanted = new Map<string, Set<string>>();
    const target = real(this.#path);
    const isFollowed = this.#within === null || isUnder(target, real(this.#within));
    for (const path of new Set(isFollowed ? [this.#path, target] : [this.#path])) {
      const names = wanted.get(dirname(path)) ?? new Set();
      wanted.set(dirname(path), names.add(basename(path)));
    }
    this.#wanted = wanted;
    for (const [folder, watcher] of this.#watchers)
      if (!wanted.has(folder)) {
        watcher.close();
        this.#watchers.delete(folder);
      }
    for (const folder of wanted.keys()) this.#watch(folder);
  }

  #watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    let watcher: FSWatcher;
    try {
      watcher = watch(folder, { persistent: false });
    } catch {
      // The folder does not exist, may not be read, or no watch is left: only polls notice changes for now.
      return;
    }
    this.#watchers.set(folder, watcher);
    const forget = (): void => {
      watcher.close();
      if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
    };
    watcher.on("error", forget);
    watcher.on("change", (_, name) => {
      // No name: the system does not report which file changed. The folder's own name: it was moved or removed.
      const changed = name === null ? null : String(name);
      const isWanted = changed === null || this.#wanted.get(folder)?.has(changed) === true;
      if (!isWanted && changed === basename(folder)) forget();
      else if (!isWanted) return;
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

  /** Stops all reports until the next `arm`. */
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
