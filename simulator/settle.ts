/** The end of a history: nothing fails any more, everything must settle, and all invariants must hold. */
import { join } from "node:path";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { databaseId, openVentes } from "#shared/database/ventes-db.ts";
import { instantOf } from "#shared/runtime/time.ts";
import { makeRefresher } from "../analyzer/refresh/refresh.ts";
import { makeBatchApplier } from "../consumer/batch.ts";
import { canonicalDump } from "../consumer/testing/canonical-dump.ts";
import { FILE_NAMES } from "./files.ts";
import type { Company } from "./happen.ts";
import { WRITERS } from "./history.ts";
import { checkSettled, firstDifference, prepared, Violation } from "./invariants.ts";
import { CALM, PARTITIONS } from "./log.ts";
import { checkSources } from "./sources-check.ts";
import type { World } from "./world.ts";

/** Virtual time in which everything must have settled once nothing fails any more. */
const SETTLE_WITHIN_MS = 300_000;
const CHECK_MS = 100;

/** Stops all faults, and waits until every event is applied and analysed. */
export function settle(company: Company): void {
  const { world } = company;
  const { kernel } = world;
  stopFaults(company);
  let lastPoll = 0;
  let quiet = 0;
  const settled = world.run(() => {
    if (kernel.now - lastPoll < CHECK_MS) return false;
    lastPoll = kernel.now;
    quiet = whatIsMissing(world) === undefined ? quiet + 1 : 0;
    return quiet >= 3;
  }, SETTLE_WITHIN_MS);
  if (!settled)
    throw new Violation("4", `nothing fails any more, and it does not settle: ${whatIsMissing(world)}`);
  world.say("settled");
}

/** Every invariant, of a history that has settled. */
export function checkEnd(world: World): void {
  const { readers, disk, expected, history, counts } = world;
  readers.close();
  checkSettled(disk.guard, expected, announced(world));
  if (history.producers) checkSources(world.log, world.files, world.polled, counts);
  checkRebuild(world);
  counts.add("histories");
  counts.add("events in the topics", eventsIn(world));
  counts.add("commits", numberIn(world, "SELECT value FROM counters WHERE name = 'commit'"));
}

function stopFaults({ world, ambushes }: Company): void {
  const { kernel, log, files } = world;
  world.say("nothing fails any more");
  log.setUp(true);
  ambushes.end();
  log.land(0.5);
  log.faults = CALM;
  files.misbehaves = false;
  for (const process of kernel.processes) {
    process.paused = false;
    process.fuse = undefined;
    process.busy = 0;
  }
  log.rebalance();
  for (const [topic, partitions] of world.scripts)
    for (const records of partitions) if (records.length > 0) world.publish(topic, records.splice(0));
}

function numberIn({ disk }: World, sql: string): number {
  return prepared(disk.guard, sql).pluck().get() as number;
}

function eventsIn({ log }: World): number {
  let n = 0;
  for (const topic of EVENT_TOPICS)
    for (let p = 0; p < PARTITIONS; p++) n += log.partition(topic, p).records.length;
  return n;
}

/** The commits that were announced. */
function announced({ disk, log }: World): ReadonlySet<number> {
  const id = databaseId(disk.guard);
  const commits = log
    .partition("commits", 0)
    .records.flatMap(({ key, value }) =>
      key === id && value !== null ? [(JSON.parse(value.toString()) as { commit: number }).commit] : [],
    );
  return new Set(commits);
}

function whatIsMissing(world: World): string | undefined {
  const { running, history, files, polled, log } = world;
  if (running.get("publisher")?.alive === true) return "a publisher is still at work";
  if (running.get("producer-2")?.alive === true) return "a second producer is still at work";
  if (running.get("replay")?.alive === true) return "a replay goes on";
  for (const who of WRITERS) if (running.get(who)?.alive !== true) return `${who} does not run`;
  if (history.producers)
    for (const file of FILE_NAMES) if (files.has(file) && !polled.has(file)) return `${file} was not polled`;
  for (const topic of EVENT_TOPICS)
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { records } = log.partition(topic, partition);
      const last = records.at(-1)?.offset ?? -1;
      const position =
        (prepared(world.disk.guard, "SELECT position FROM positions WHERE topic = ? AND partition = ?")
          .pluck()
          .get(topic, partition) as number | undefined) ?? 0;
      if (position <= last)
        return `${topic}/${partition} is applied up to ${position}, its last event is ${last}`;
    }
  const newest = numberIn(world, "SELECT value FROM counters WHERE name = 'commit'");
  const reached = numberIn(world, "SELECT commit_id FROM progress");
  if (reached < newest) return `the analyses reflect commit ${reached} of ${newest}`;
  const announced = numberIn(world, "SELECT value FROM counters WHERE name = 'announced'");
  if (announced < newest) return `commit ${announced} of ${newest} is the last one announced`;
  return undefined;
}

/** Invariant 6: a new database from the same topics, in another interleaving, is the same. */
function checkRebuild(world: World): void {
  const { kernel, log } = world;
  const dir = join(world.dir, "rebuilt");
  const db = openVentes(dir, "rebuilt");
  try {
    const applier = makeBatchApplier(db, kernel.clock, { partitions: () => PARTITIONS });
    const places = EVENT_TOPICS.flatMap((topic) =>
      Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, position: 0, at: 0 })),
    );
    for (;;) {
      const open = places.filter((p) => p.at < log.partition(p.topic, p.partition).records.length);
      if (open.length === 0) break;
      const place = kernel.random.pick(open);
      const records = log
        .partition(place.topic, place.partition)
        .records.slice(place.at, place.at + 1 + kernel.random.below(40));
      const next = (records.at(-1)?.offset ?? 0) + 1;
      applier.apply({ topic: place.topic, partition: place.partition, records, next }, place.position);
      place.position = next;
      place.at += records.length;
    }
    // A connection of its own: on the refresher's the tables' names mean something else.
    const own = openVentes(dir, "rebuilt");
    const refresher = makeRefresher(own);
    while (refresher.refresh(instantOf(kernel.clock), 1 + kernel.random.below(30)).more);
    refresher.close();
    own.close();
    const difference = firstDifference([...canonicalDump(world.disk.guard)], [...canonicalDump(db)]);
    if (difference !== undefined) throw new Violation("6", `a rebuild gives another database, ${difference}`);
    world.counts.add("rebuilds compared");
  } finally {
    db.close();
  }
}
