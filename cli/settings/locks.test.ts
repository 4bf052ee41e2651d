/** The locks of a data directory, between processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseError } from "#shared/database/sqlite.ts";
import { type Hold, heldBy, lockDirectory, producerLock } from "./locks.ts";

let dir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-locks-"));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(dir, { recursive: true, force: true });
});

/** Another process that holds the lock until it is killed; resolves once it does. */
function holder(hold: Hold): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [
      "-e",
      `import(${JSON.stringify(join(import.meta.dirname, "locks.ts"))}).then(({ lockDirectory }) => {
         globalThis.lock = lockDirectory(${JSON.stringify(dir)}, ${JSON.stringify(hold)});
         process.stdout.write("held");
         setInterval(() => {}, 1000);
       })`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the holder ended with ${code}`)));
  });
}

const kill = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });

const refusal = (hold: Hold): string => {
  try {
    lockDirectory(dir, hold).close();
    return "taken";
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseError);
    return (error as DatabaseError).message;
  }
};

describe("a directory held by another process", () => {
  it("by a start: neither a second start nor a component may work in it", async () => {
    await holder("exclusive");
    expect(heldBy(dir)).toBe("start");
    for (const hold of ["exclusive", "shared"] as const) {
      expect(refusal(hold)).toContain(dir);
      expect(refusal(hold)).toContain("another 'ventes start'");
    }
  });

  it("by components: others may join, a start may not", async () => {
    await holder("shared");
    await holder("shared");
    expect(heldBy(dir)).toBe("components");
    expect(refusal("shared")).toBe("taken");
    expect(refusal("exclusive")).toContain("a producer, consumer or analyzer works in");
  });

  it.each(["exclusive", "shared"] as const)("%s: is free again after kill -9", async (hold) => {
    const child = await holder(hold);
    expect(refusal("exclusive")).not.toBe("taken");
    await kill(child);
    expect(refusal("exclusive")).toBe("taken");
    expect(heldBy(dir)).toBe("nobody");
  });
});

it("a lock is free after it was closed", () => {
  lockDirectory(dir, "exclusive").close();
  lockDirectory(dir, "shared").close();
  expect(heldBy(dir)).toBe("nobody");
});

it("a directory has one producer at a time; when it ends, the next may start", async () => {
  const once = Effect.scoped(producerLock(dir));
  await Effect.runPromise(once);
  const second = Effect.scoped(Effect.andThen(producerLock(dir), Effect.flip(once)));
  expect((await Effect.runPromise(second)).message).toContain(`another producer works in ${dir}`);
  await Effect.runPromise(once);
});
