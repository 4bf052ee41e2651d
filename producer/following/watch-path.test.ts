/** On a real file system: a watch notices what programs do to a file, and notices nothing after `close`. */
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
import { PathWatch, type WatchOptions } from "./watch-path.ts";

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
  const seen = { reported: 0, arm: () => {} };
  const watching = new PathWatch(
    path,
    () => {
      seen.reported += 1;
    },
    options,
  );
  watching.arm();
  seen.arm = () => watching.arm();
  closers.push(() => watching.close());
  return seen;
};
const reported = (seen: { readonly reported: number }, more: number) =>
  until(`${more} changes reported`, () => seen.reported >= more);

describe("a path that is watched", () => {
  it("is reported when it is written, replaced, removed and created again", async () => {
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
      const before = seen.reported;
      change();
      await reported(seen, before + 1);
    }
  });

  it("is reported once for a write of many pieces, and also during a write without end", async () => {
    const path = join(dir, "a.csv");
    const seen = { reported: 0 };
    const watching = new PathWatch(
      path,
      () => {
        seen.reported += 1;
      },
      { quietMs: 10_000, longestMs: 10_000 },
    );
    watching.arm();
    closers.push(() => watching.close());
    const other = watched(path);
    for (let i = 0; i < 50; i++) appendFileSync(path, "x");
    await reported(other, 1);
    // Its quiet time is not over: fifty writes are not fifty reports.
    expect(seen.reported).toBe(0);
    const before = other.reported;
    await until("a change reported in the midst of writing", () => {
      appendFileSync(path, "x");
      return other.reported > before;
    });
  });

  it("that is a link: a target outside of the folder is not watched, a target inside is", async () => {
    const [followed, outside] = [join(dir, "followed"), join(dir, "outside")];
    for (const folder of [followed, join(followed, "sub"), outside]) mkdirSync(folder);
    for (const file of [join(outside, "a.csv"), join(followed, "sub", "b.csv")]) writeFileSync(file, "1");
    symlinkSync(join(outside, "a.csv"), join(followed, "a.csv"));
    symlinkSync(join(followed, "sub", "b.csv"), join(followed, "b.csv"));
    const confined = (name: string) => watched(join(followed, name), { within: followed });
    const [out, inside, free] = [confined("a.csv"), confined("b.csv"), watched(join(followed, "a.csv"))];
    appendFileSync(join(outside, "a.csv"), "2");
    appendFileSync(join(followed, "sub", "b.csv"), "2");
    await Promise.all([reported(free, 1), reported(inside, 1)]);
    expect(out.reported).toBe(0);
  });

  it("is not reported when its neighbours change", async () => {
    const seen = watched(join(dir, "a.csv"));
    const neighbour = watched(join(dir, "b.csv"));
    writeFileSync(join(dir, "b.csv"), "1");
    await reported(neighbour, 1);
    expect(seen.reported).toBe(0);
  });

  it("that is a link is reported when the link or its target changes", async () => {
    mkdirSync(join(dir, "real"));
    writeFileSync(join(dir, "real", "x.csv"), "1");
    symlinkSync(join(dir, "real", "x.csv"), join(dir, "link.csv"));
    const seen = watched(join(dir, "link.csv"));
    appendFileSync(join(dir, "real", "x.csv"), "2");
    await reported(seen, 1);
    const before = seen.reported;
    rmSync(join(dir, "link.csv"));
    await reported(seen, before + 1);
  });

  it("that is a link is reported when its new target beside it changes", async () => {
    for (const name of ["old.csv", "new.csv"]) writeFileSync(join(dir, name), "1");
    symlinkSync(join(dir, "old.csv"), join(dir, "link.csv"));
    const seen = watched(join(dir, "link.csv"));
    symlinkSync(join(dir, "new.csv"), join(dir, "link.part"));
    renameSync(join(dir, "link.part"), join(dir, "link.csv"));
    await reported(seen, 1);
    seen.arm();
    const before = seen.reported;
    appendFileSync(join(dir, "new.csv"), "2");
    await reported(seen, before + 1);
  });

  it("without a folder is not watched until it is armed again; removing the folder does no harm", async () => {
    const folder = join(dir, "later");
    const seen = watched(join(folder, "a.csv"));
    for (let round = 0; round < 2; round++) {
      mkdirSync(folder);
      seen.arm();
      const before = seen.reported;
      writeFileSync(join(folder, "a.csv"), "1");
      await reported(seen, before + 1);
      rmSync(folder, { recursive: true });
      const gone = seen.reported;
      await reported(seen, gone + 1);
    }
  });

  it("is not reported after close", async () => {
    const path = join(dir, "a.csv");
    const seen = { reported: 0 };
    const watching = new PathWatch(path, () => {
      seen.reported += 1;
    });
    watching.arm();
    const other = watched(path);
    writeFileSync(path, "1");
    // `close` comes before the quiet time is over.
    watching.close();
    await reported(other, 1);
    writeFileSync(path, "2");
    await reported(other, 2);
    expect(seen.reported).toBe(0);
  });
});
