/** On a real file system: what a shop's tools do to a file is noticed, and nothing is watched after `close`. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../integration-tests/support/until.ts";
import { PathWatch, type WatchOptions, watchPath } from "./watch-path.ts";

let dir: string;
let closers: (() => void)[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-watch-"));
  closers = [];
});
afterEach(() => {
  for (const close of closers) close();
  rmSync(dir, { recursive: true, force: true });
});

const watched = (path: string, options: WatchOptions = {}) => {
  const seen = { told: 0, arm: () => {} };
  const watching = new PathWatch(
    path,
    () => {
      seen.told += 1;
    },
    options,
  );
  watching.arm();
  seen.arm = () => watching.arm();
  closers.push(() => watching.close());
  return seen;
};
const told = (seen: { readonly told: number }, more: number) =>
  until(`${more} changes told`, () => seen.told >= more);

describe("a path that is watched", () => {
  it("is told when it is written, replaced, removed and made again", async () => {
    const path = join(dir, "a.csv");
    writeFileSync(path, "1");
    const seen = watched(path);
    for (const change of [
      () => appendFileSync(path, "2"),
      () => {
        writeFileSync(join(dir, "a.csv.part"), "3");
        renameSync(join(dir, "a.csv.part"), path);
      },
      () => rmSync(path),
      () => writeFileSync(path, "4"),
    ]) {
      const before = seen.told;
      change();
      await told(seen, before + 1);
    }
  });

  it("is told once for what is written in one go, and still while it is written without end", async () => {
    const path = join(dir, "a.csv");
    const seen = { told: 0 };
    const watching = new PathWatch(
      path,
      () => {
        seen.told += 1;
      },
      { quietMs: 10_000, longestMs: 10_000 },
    );
    watching.arm();
    closers.push(() => watching.close());
    const other = watched(path);
    for (let i = 0; i < 50; i++) appendFileSync(path, "x");
    await told(other, 1);
    // Its quiet time is not over: fifty writes are no fifty changes.
    expect(seen.told).toBe(0);
    const before = other.told;
    await until("a change told in the midst of writing", () => {
      appendFileSync(path, "x");
      return other.told > before;
    });
  });

  it("that is a link out of its folder: what that leads to is not watched, what stays inside is", async () => {
    const [followed, outside] = [join(dir, "followed"), join(dir, "outside")];
    for (const folder of [followed, join(followed, "sub"), outside]) mkdirSync(folder);
    for (const file of [join(outside, "a.csv"), join(followed, "sub", "b.csv")]) writeFileSync(file, "1");
    symlinkSync(join(outside, "a.csv"), join(followed, "a.csv"));
    symlinkSync(join(followed, "sub", "b.csv"), join(followed, "b.csv"));
    const confined = (name: string) => watched(join(followed, name), { within: followed });
    const [out, inside, free] = [confined("a.csv"), confined("b.csv"), watched(join(followed, "a.csv"))];
    appendFileSync(join(outside, "a.csv"), "2");
    appendFileSync(join(followed, "sub", "b.csv"), "2");
    await Promise.all([told(free, 1), told(inside, 1)]);
    expect(out.told).toBe(0);
  });

  it("is not told of its neighbours", async () => {
    const seen = watched(join(dir, "a.csv"));
    const neighbour = watched(join(dir, "b.csv"));
    writeFileSync(join(dir, "b.csv"), "1");
    await told(neighbour, 1);
    expect(seen.told).toBe(0);
  });

  it("is told through a link, of what it leads to as of the link itself", async () => {
    mkdirSync(join(dir, "real"));
    writeFileSync(join(dir, "real", "x.csv"), "1");
    symlinkSync(join(dir, "real", "x.csv"), join(dir, "link.csv"));
    const seen = watched(join(dir, "link.csv"));
    appendFileSync(join(dir, "real", "x.csv"), "2");
    await told(seen, 1);
    const before = seen.told;
    rmSync(join(dir, "link.csv"));
    await told(seen, before + 1);
  });

  it("without a folder is not watched, and is once it is armed again; a folder that goes harms nothing", async () => {
    const folder = join(dir, "later");
    const seen = watched(join(folder, "a.csv"));
    for (let round = 0; round < 2; round++) {
      mkdirSync(folder);
      seen.arm();
      const before = seen.told;
      writeFileSync(join(folder, "a.csv"), "1");
      await told(seen, before + 1);
      rmSync(folder, { recursive: true });
      const gone = seen.told;
      await told(seen, gone + 1);
    }
  });

  it("is told nothing after close", async () => {
    const path = join(dir, "a.csv");
    const seen = { told: 0 };
    const watching = watchPath(path, () => {
      seen.told += 1;
    });
    const other = watched(path);
    writeFileSync(path, "1");
    // Before its quiet time is over.
    watching.close();
    await told(other, 1);
    writeFileSync(path, "2");
    await told(other, 2);
    expect(seen.told).toBe(0);
  });
});
