/** The directory of the compiled modules: a user who can write there can run code as this user (invariant 14). */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { scratchDirectory } from "../integration-tests/support/ventes.ts";

const PROGRAM = join(import.meta.dirname, "ventes.js");

/** Runs `ventes --version` with only these variables; returns what is kept in `TMPDIR` afterwards. */
const started = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const temporary = scratchDirectory();
  const run = promisify(execFile)(process.execPath, [PROGRAM, "--version"], {
    env: { ...env, TMPDIR: temporary },
  });
  expect((await run).stdout).toMatch(/\d+\.\d+\.\d+/);
  return readdirSync(temporary);
};
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
/** Files that Node put into a cache. */
const kept = (folder: string): number =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(folder, { recursive: true }).length
    : 0;

describe("the cache of compiled modules", () => {
  it("is in the user's own cache directory, closed to others, and never in the shared temporary one", async () => {
    const home = scratchDirectory();
    expect(await started({ HOME: home })).toEqual([]);
    const folder = join(home, ".cache/ventes/compile");
    expect(kept(folder)).toBeGreaterThan(10);
    for (const path of [join(home, ".cache"), join(home, ".cache/ventes"), folder])
      expect(modeOf(path)).toBe("700");
    const named = scratchDirectory();
    expect(await started({ HOME: home, XDG_CACHE_HOME: named })).toEqual([]);
    expect(kept(join(named, "ventes/compile"))).toBeGreaterThan(10);
  });

  it.each<[string, (home: string, elsewhere: string) => void]>([
    [
      "a link in place of it",
      (home, elsewhere) => symlinkSync(elsewhere, join(home, ".cache/ventes/compile")),
    ],
    ["others may write to it", (home) => open(join(home, ".cache/ventes/compile"))],
    ["others may write to what holds it", (home) => open(join(home, ".cache/ventes"))],
    ["others may write above it", (home) => chmodSync(join(home, ".cache"), 0o777)],
    ["a file in place of it", (home) => symlinkSync("/dev/null", join(home, ".cache/ventes/compile"))],
  ])("is not used: %s", async (_, prepare) => {
    const [home, elsewhere] = [scratchDirectory(), scratchDirectory()];
    mkdirSync(join(home, ".cache/ventes"), { recursive: true, mode: 0o700 });
    prepare(home, elsewhere);
    expect(await started({ HOME: home })).toEqual([]);
    expect(kept(elsewhere)).toBe(0);
    expect(kept(join(home, ".cache/ventes/compile"))).toBe(0);
  });

  it("does not exist without a writable home directory", async () => {
    for (const home of ["/proc/none", "/dev/null", "relative"])
      expect(await started({ HOME: home })).toEqual([]);
  });
});

function open(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
}
