/**
 * Producer, consumer and analyzer at a steady rate while consumers come and go: memory, open files, wake-ups (which
 * a leaked timer makes) and the WAL stay flat. From /proc; the middle of the last third of the samples is held
 * against that of the first, so it fails on a slope, not on a peak. VENTES_TEST_SOAK: minutes.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { describeWith } from "../support/describe-with.ts";
import { kafkaOfSuite } from "../support/kafka-of-suite.ts";
import { play, startReader, whole } from "./round.ts";

const MINUTES = Number(process.env.VENTES_TEST_SOAK ?? 0.5);
const LIVES_EVERY_MS = 2_000;
const SAMPLE_EVERY_MS = 1_000;
/** A guest consumer is there for this long, and is away as long. */
const CHURN_MS = 8_000;
/** Compiled code, caches and the heap find their size. */
const WARM_UP_MS = Math.min(60_000, MINUTES * 15_000);
const MB = 1 << 20;

interface Sample {
  readonly rss: number;
  readonly files: number;
  readonly threads: number;
  /** Of its main thread, since it began. */
  readonly wakeups: number;
  readonly at: number;
}

const numberIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);

const sampleOf = (pid: number): Sample => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const tasks = readdirSync(`/proc/${pid}/task`);
  return {
    rss: numberIn(status, "VmRSS") * 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: tasks.length,
    wakeups: numberIn(readFileSync(`/proc/${pid}/status`, "utf8"), "voluntary_ctxt_switches"),
    at: performance.now(),
  };
};

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Of the first and of the last third. */
const ends = (values: readonly number[]): readonly [first: number, last: number] => {
  const third = Math.max(1, Math.floor(values.length / 3));
  return [middle(values.slice(0, third)), middle(values.slice(-third))];
};

/** How much each may be more at the end than at the beginning: a share of it, and a little on top. */
const LIMITS = {
  rss: { share: 0.15, more: 24 * MB },
  files: { share: 0, more: 4 },
  threads: { share: 0, more: 2 },
  wakeupsASecond: { share: 0.5, more: 30 },
} as const;
const MOST_WAL = 16 * MB;

describeWith("kafka", "a soak", () => {
  const kafka = kafkaOfSuite();

  it(
    `of ${MINUTES} minutes leaves memory, files, wake-ups and the WAL flat`,
    async (test) => {
      if (!existsSync("/proc/self/status")) return test.skip("there is no /proc");
      const { stage, company } = await play(kafka, kafka.namespace(), { seed: 21 });
      const reader = startReader(stage.base);
      const [producer, consumer, analyzer] = stage.actors;
      const watched = { producer, consumer, analyzer };
      const samples = new Map<string, Sample[]>(Object.keys(watched).map((name) => [name, []]));
      const wal: number[] = [];

      const over = performance.now() + WARM_UP_MS + MINUTES * 60_000;
      let isOver = false;
      const churn = (async () => {
        for (let guests = 0; !isOver; guests++) {
          const guest = await stage.more("consumer", `guest ${guests}`);
          guest.start();
          await setTimeout(CHURN_MS);
          await guest.stop();
          await guest.line.close();
          for (let waited = 0; waited < CHURN_MS && !isOver; waited += 200) await setTimeout(200);
        }
      })();
      const warm = performance.now() + WARM_UP_MS;
      let lived = 0;
      for (let now = performance.now(); now < over; now = performance.now()) {
        if (now - lived > LIVES_EVERY_MS) {
          lived = now;
          company.live();
        }
        if (now > warm) {
          for (const [name, actor] of Object.entries(watched))
            if (actor?.pid !== undefined) samples.get(name)?.push(sampleOf(actor.pid));
          wal.push(statSync(join(stage.base, "ventes.db-wal"), { throwIfNoEntry: false })?.size ?? 0);
        }
        await setTimeout(SAMPLE_EVERY_MS);
      }
      isOver = true;
      await churn;
      expect(await whole(stage, company)).toMatchObject({ lost: 0, doubled: 0, wrong: 0, first: [] });
      expect(stage.actors.flatMap((actor) => actor.findings)).toEqual([]);
      expect(await reader.report()).toMatchObject({ wrong: 0, first: null });

      const slopes: string[] = [];
      for (const [name, list] of samples) {
        const figures = {
          rss: ends(list.map((s) => s.rss)),
          files: ends(list.map((s) => s.files)),
          threads: ends(list.map((s) => s.threads)),
          wakeupsASecond: ends(
            list.slice(1).map((s, i) => {
              const before = list[i] as Sample;
              return (1000 * (s.wakeups - before.wakeups)) / (s.at - before.at);
            }),
          ),
        };
        console.log(
          `soak ${name}: ${list.length} samples; RSS ${figures.rss.map((n) => Math.round(n / MB)).join(" -> ")} MB, files ${figures.files.join(" -> ")}, threads ${figures.threads.join(" -> ")}, wake-ups ${figures.wakeupsASecond.map(Math.round).join(" -> ")} a second`,
        );
        for (const [what, { share, more }] of Object.entries(LIMITS)) {
          const [first, last] = figures[what as keyof typeof LIMITS];
          if (last > first * (1 + share) + more) slopes.push(`${name}: ${what} from ${first} to ${last}`);
        }
      }
      const mostWal = Math.max(...wal);
      console.log(
        `soak: WAL at most ${(mostWal / MB).toFixed(1)} MB, ${ends(wal)
          .map((n) => (n / MB).toFixed(1))
          .join(" -> ")} MB`,
      );
      expect(slopes).toEqual([]);
      expect(mostWal).toBeLessThan(MOST_WAL);
    },
    MINUTES * 60_000 + WARM_UP_MS + 300_000,
  );
});
