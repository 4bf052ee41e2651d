/**
 * One measurement, in a process of its own: `node bench/stage.ts STAGE DIR FILES_OR_URLS`. Prints one line of JSON,
 * {"rows":100000,"seconds":0.35,"cpu":0.41}: time that passed, and processor time of all threads of the process. Loading
 * modules and opening files is not part of either.
 */
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { openScratch } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { makeRefresher } from "../analyzer/refresh/refresh.ts";
import { runConsumer } from "../consumer/run.ts";
import { registerSource } from "../producer/admin/register.ts";
import { type Dialect, decideReading, RecordReader, type RecordSink } from "../producer/csv/index.ts";
import { decodersOf } from "../producer/rows/decoders.ts";
import { readSourcesOnce } from "../producer/run.ts";

interface Spent {
  readonly seconds: number;
  readonly cpu: number;
}

interface Measured extends Spent {
  readonly rows: number;
}

/** Starts to measure; what it returns tells what was spent since. */
const stopwatch = (): (() => Spent) => {
  const from = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { seconds: (performance.now() - from) / 1000, cpu: (user + system) / 1e6 };
  };
};

const timed = async (work: () => number | Promise<number>): Promise<Measured> => {
  const spent = stopwatch();
  const rows = await work();
  return { rows, ...spent() };
};

const settingsOf = (data: string): SettingsShape => {
  const brokers = process.env.KAFKA_BROKERS;
  return embeddedSettings(data, {
    namespace: process.env.VENTES_NAMESPACE ?? "ventes",
    kafka: brokers ? { brokers: brokers.split(","), tls: null, sasl: null } : null,
  });
};

/** Reads the records of a file and hands them on. Returns how many. */
const readOnce = (fd: number, dialect: Dialect, record: RecordSink["record"]): number => {
  const reader = new RecordReader({ fd, dialect, keepOpen: () => true });
  const sink: RecordSink = {
    record,
    bad: (n, code) => {
      throw new Error(`record ${n}: ${code}`);
    },
  };
  while (reader.next(sink));
  return reader.records;
};

/** One pass over a small file is over in milliseconds, in which compiling weighs more than reading. */
const PASSES = 5;

const readRecords = (fd: number, dialect: Dialect, record: RecordSink["record"]): number => {
  let rows = 0;
  for (let pass = 0; pass < PASSES; pass++) rows += readOnce(fd, dialect, record);
  return rows;
};

const dialectOf = (file: string): Dialect => {
  const deciding = decideReading({
    file,
    copy: `${file}.utf8`,
    options: {},
    charset: null,
    entities: ["ventes"],
    before: null,
    tail: false,
  });
  for (;;) {
    const step = deciding.next();
    if (step.done === true) return step.value.dialect;
  }
};

const parse = (file: string): Promise<Measured> => {
  const fd = openSync(file, "r");
  const dialect = dialectOf(file);
  return timed(() => readRecords(fd, dialect, () => {})).finally(() => closeSync(fd));
};

const decode = (file: string, data: string): Promise<Measured> => {
  const fd = openSync(file, "r");
  const dialect = dialectOf(file);
  const { header, entities } = dialect;
  const [decoder] = decodersOf({ entities, header, identity: null, settings: settingsOf(data) });
  if (decoder === undefined) throw new Error("no decoder");
  return timed(() =>
    readRecords(fd, dialect, (n, record, _, raw) => {
      if (!decoder.decode(record, raw)) throw new Error(`record ${n}: ${decoder.problem.code}`);
    }),
  ).finally(() => closeSync(fd));
};

const onLog = <A>(
  data: string,
  program: Effect.Effect<A, unknown, TopicLog | Settings | Scope.Scope>,
): Promise<A> => {
  const settings = Layer.succeed(Settings, settingsOf(data));
  return Effect.runPromise(
    Effect.scoped(program).pipe(Effect.provide(layerTopicLog), Effect.provide(settings)) as Effect.Effect<
      A,
      unknown
    >,
  );
};

/** Download, diff and publish of sources that were never read. */
const publish = (data: string, urls: readonly string[]): Promise<Measured> =>
  onLog(
    data,
    Effect.gen(function* () {
      for (const url of urls) yield* registerSource(url);
      const spent = stopwatch();
      const statuses = yield* readSourcesOnce();
      return { ...spent(), rows: statuses.reduce((sum, status) => sum + (status.emitted ?? 0), 0) };
    }),
  );

/** Runs until every event that is in the log now is applied. */
const consume = (data: string): Promise<Measured> =>
  onLog(
    data,
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const bounds = yield* log.bounds(EVENT_TOPICS);
      const end = bounds.reduce((sum, one) => sum + one.end, 0);
      const done = yield* Deferred.make<void>();
      const db = openVentes(data, randomUUID());
      // Fences are not counted as events, so the positions tell the end.
      const reached = db.prepare("SELECT SUM(position) FROM positions").pluck();
      let rows = 0;
      const onProgress = ({ events }: { readonly events: number }) => {
        rows = events;
        if ((reached.get() as number) >= end) Deferred.doneUnsafe(done, Effect.void);
      };
      const spent = stopwatch();
      yield* Effect.raceFirst(runConsumer({ onProgress }), Deferred.await(done));
      const measured = spent();
      db.close();
      return { ...measured, rows };
    }),
  );

/** Runs until the analyses reflect every commit. */
const analyze = async (data: string): Promise<Measured> => {
  const db = openVentes(data, randomUUID());
  const refresher = makeRefresher(db);
  try {
    return await timed(() => {
      while (refresher.refresh(new Date()).more);
      return db.prepare("SELECT COUNT(*) FROM main.ventes").pluck().get() as number;
    });
  } finally {
    refresher.close();
    db.close();
  }
};

const YARDSTICK_ROWS = 100_000;

/**
 * Work that no change of the program touches: events as JSON, written and read, and rows into SQLite. What a stage costs
 * in its unit is about the same on a slow machine and on a fast one.
 */
const yardstick = (): Promise<Measured> => {
  const db = openScratch();
  db.exec("CREATE TABLE sales (id TEXT PRIMARY KEY, product TEXT, line INTEGER)");
  const insert = db.prepare("INSERT INTO sales VALUES (?, ?, ?)");
  const work = db.transaction(() => {
    for (let line = 1; line <= YARDSTICK_ROWS; line++) {
      const text = JSON.stringify({
        v: 1,
        source: "https://example.com/ventes.csv",
        line,
        row: { id: `V${line}` },
      });
      const event = JSON.parse(text) as { line: number; row: { id: string } };
      insert.run(event.row.id, `REF${line % 90}`, event.line);
    }
    return YARDSTICK_ROWS;
  });
  return timed(work).finally(() => db.close());
};

const STAGES: Readonly<Record<string, (data: string, files: readonly string[]) => Promise<Measured>>> = {
  yardstick,
  parse: (_, [file = ""]) => parse(file),
  decode: (data, [file = ""]) => decode(file, data),
  publish,
  consume,
  analyze,
};

const [name = "", data = "", ...files] = process.argv.slice(2);
const stage = STAGES[name];
if (stage === undefined) throw new Error(`no such stage: ${name} (${Object.keys(STAGES).join(", ")})`);
console.log(JSON.stringify(await stage(data, files)));
