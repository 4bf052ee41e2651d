/** The disk under a SQLite file: whatever a power cut leaves, SQLite recovers a state that was committed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { randomOf } from "../consumer/testing/random-history.ts";
import { Disk, type Synchronous, tear } from "./disk.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-disk-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("a torn file", () => {
  it("keeps the synced bytes, and any part of the others", () => {
    const random = randomOf(1);
    const bytes = Buffer.alloc(32 + 3 * 4120, 7);
    const sizes = new Set<number>();
    let torn = 0;
    for (let i = 0; i < 400; i++) {
      const synced = 32 + 4120 * random.below(4);
      const left = tear(bytes, synced, Buffer.alloc(random.below(2) * 20_000, 9), random);
      expect(left.bytes.subarray(0, synced).equals(bytes.subarray(0, synced))).toBe(true);
      sizes.add(left.bytes.length);
      torn += left.torn(4120);
    }
    expect(sizes.size).toBeGreaterThan(20);
    expect(torn).toBeGreaterThan(20);
  });
});

describe.each(["FULL", "NORMAL"] as const)("synchronous=%s", (synchronous: Synchronous) => {
  it("recovers whole commits, and with FULL every acknowledged commit", () => {
    const random = randomOf(synchronous === "FULL" ? 2 : 3);
    const file = join(dir, "a.db");
    const open = (): Sqlite => {
      const db = openPlain(file);
      db.pragma("wal_autocheckpoint = 0");
      // What is synced is a matter of the model: the real disk need not wait.
      db.pragma("synchronous = OFF");
      return db;
    };
    let db = open();
    db.pragma("journal_mode = WAL");
    db.exec(
      "CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT); CREATE TABLE sums (sum INTEGER); INSERT INTO sums VALUES (0)",
    );
    const disk = new Disk(file, synchronous);
    disk.recovered();
    disk.checkpoint();
    let lost = 0;
    let tornFrames = 0;
    let oldPages = 0;
    let count = 0;
    for (let cut = 0; cut < 80; cut++) {
      for (let i = random.below(6); i > 0; i--) {
        // Rows on several pages, and their number on another one.
        db.transaction(() => {
          for (let n = 0; n < 5; n++)
            db.prepare("INSERT INTO t (text) VALUES (?)").run("x".repeat(random.below(3000)));
          db.exec("UPDATE sums SET sum = sum + 5");
        })();
        disk.committed();
        count += 5;
      }
      const inCheckpoint = random.chance(0.3);
      const snapshot = inCheckpoint
        ? disk.checkpoint(random.chance(0.5) ? "RESTART" : "PASSIVE")()
        : disk.snapshot();
      if (!inCheckpoint && random.chance(0.2)) disk.checkpoint();
      const kept = random.chance(0.2) ? disk.snapshot() : snapshot;
      db.close();
      const report = disk.cut(kept, random);
      tornFrames += report.tornFrames;
      oldPages += report.oldPages;
      disk.recovered();
      db = open();
      expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
      const rows = db.prepare("SELECT COUNT(*) FROM t").pluck().get() as number;
      expect(db.prepare("SELECT sum FROM sums").pluck().get()).toBe(rows);
      expect(rows).toBeLessThanOrEqual(count);
      if (synchronous === "FULL") expect(rows).toBe(count);
      lost += count - rows;
      count = rows;
    }
    db.close();
    disk.closeGuard();
    expect(oldPages).toBeGreaterThan(10);
    // Without a sync at each commit there is something to tear, and something to lose.
    if (synchronous === "NORMAL") {
      expect(tornFrames).toBeGreaterThan(10);
      expect(lost).toBeGreaterThan(0);
    }
  });
});
