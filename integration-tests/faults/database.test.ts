/**
 * Faults of the database: another program holds its lock, its disk is full, its file is removed. Nothing is lost or
 * doubled, a component that stops prints one line about it, and the next start goes on.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { describeWith } from "../support/describe-with.ts";
import { kafkaOfSuite } from "../support/kafka-of-suite.ts";
import type { Actor } from "./actor.ts";
import {
  inDatabase,
  type Play,
  play,
  RIGHT,
  rebuild,
  type Stage,
  standsAtTheEnds,
  startReader,
  whole,
} from "./round.ts";

/** Longer than a group waits for a silent member: the consumer must go on sending heartbeats. */
const LOCKED_MS = Number(process.env.VENTES_TEST_LOCKED_MS ?? 12_000);
const DISK = "5m";
const FULL_SALES = 30_000;
const FULL = /ventes: the disk of .* is full: make room, then start again; nothing is lost\n$/;
const TRACE = /^\s+at /m;

describeWith("kafka", "a database in trouble", () => {
  const kafka = kafkaOfSuite();

  const running = (sales: number, base?: string): Promise<Play> =>
    play(kafka, kafka.namespace(), { seed: sales, sales, ...(base === undefined ? {} : { base }) });
  const consumerOf = (stage: Stage) => stage.actor({ component: "consumer", n: 0 });
  const analyzerOf = (stage: Stage) => stage.actor({ component: "analyzer", n: 0 });
  const foundIn = (stage: Stage) => stage.actors.flatMap((actor) => actor.findings);

  it(`locked by another program for ${LOCKED_MS / 1000} s: waited for, the membership kept`, async () => {
    const { stage, company } = await running(500);
    const reader = startReader(stage.base);
    const db = new Database(join(stage.base, "ventes.db"), { timeout: 10_000 });
    db.exec("BEGIN IMMEDIATE");
    const until = performance.now() + LOCKED_MS;
    while (performance.now() < until) {
      company.live();
      await setTimeout(500);
    }
    db.exec("ROLLBACK");
    db.close();
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    expect(foundIn(stage)).toEqual([]);
    expect(consumerOf(stage).stderr()).not.toContain("do not answer");
    expect(await reader.report()).toMatchObject({ wrong: 0, first: null });
  }, 300_000);

  it("when it is removed in use, both components stop with an error, and the next start reads all events again", async () => {
    const { stage, company } = await running(500);
    const [consumer, analyzer] = [consumerOf(stage), analyzerOf(stage)];
    const ends = [consumer.endsByItself(), analyzer.endsByItself()];
    for (const name of readdirSync(stage.base).filter((name) => name.startsWith("ventes.db")))
      rmSync(join(stage.base, name), { force: true });
    for (const { code, stderr } of await Promise.all(ends)) {
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toContain("ventes.db was removed or replaced while it was in use: start again");
    }
    company.live();
    consumer.start();
    analyzer.start();
    expect(await whole(stage, company)).toMatchObject(RIGHT);
    expect(foundIn(stage)).toEqual([]);
  }, 300_000);

  /** A small disk of its own, and what fills it to the last byte. */
  const smallDisk = () => {
    const directory = mkdtempSync(join(tmpdir(), "ventes-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK},mode=700`, "tmpfs", directory]);
    onTestFinished(() => {
      execFileSync("umount", ["-l", directory]);
      rmSync(directory, { recursive: true });
    });
    const filler = join(directory, "filler");
    return {
      directory,
      fill: () => {
        const { bavail, bsize } = statfsSync(directory);
        writeFileSync(filler, Buffer.alloc(bavail * bsize));
      },
      free: () => {
        if (existsSync(filler)) rmSync(filler);
      },
    };
  };

  describeWith("mount", "on a small disk", () => {
    /** The analyzer ran too: if it could not write either, it must have said so. */
    const stopFull = async (analyzer: Actor): Promise<void> => {
      await analyzer.kill();
      for (const end of analyzer.findings.splice(0)) {
        expect(end).toMatch(FULL);
        expect(end).not.toMatch(TRACE);
      }
    };

    it("full: what writes stops and says so, nothing half is left, and it goes on when there is room", async () => {
      const disk = smallDisk();
      const { stage, company } = await running(500, disk.directory);
      await whole(stage, company);
      const [consumer, analyzer] = [consumerOf(stage), analyzerOf(stage)];
      const reader = startReader(stage.base);
      disk.fill();
      const ended = consumer.endsByItself();
      company.grow(2_000);
      const { code, stderr } = await ended;
      expect({ code, stderr }).toMatchObject({ code: 1 });
      expect(stderr).toMatch(FULL);
      expect(inDatabase(stage.base, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
      disk.free();
      await stopFull(analyzer);
      consumer.start();
      analyzer.start();
      expect(await whole(stage, company)).toMatchObject(RIGHT);
      expect(await reader.report()).toMatchObject({ wrong: 0, first: null });
      await stage.actor({ component: "producer", n: 0 }).stop();
      await standsAtTheEnds(stage);
      expect(await rebuild(stage)).toBe(0);
    }, 300_000);

    it("too small for what comes: each stops and says so wherever in its work it is", async () => {
      const disk = smallDisk();
      const { stage, company } = await running(500, disk.directory);
      await whole(stage, company);
      const consumer = consumerOf(stage);
      const ended = consumer.endsByItself();
      company.grow(FULL_SALES);
      const { code, stderr } = await ended;
      expect({ code, stderr: stderr.slice(-300) }).toMatchObject({ code: 1 });
      expect(stderr).toMatch(
        /ventes: the disk of .* is full: make room, then start again; nothing is lost\n$/,
      );
      expect(stderr).not.toMatch(/^\s+at /m);
      // As often as it is started again.
      consumer.start();
      const again = await consumer.endsByItself();
      expect(again.stderr).toMatch(FULL);
      execFileSync("mount", ["-o", "remount,size=200m", disk.directory]);
      await stopFull(analyzerOf(stage));
      for (const actor of [consumer, analyzerOf(stage)]) actor.start();
      expect(await whole(stage, company)).toMatchObject(RIGHT);
    }, 300_000);
  });
});
