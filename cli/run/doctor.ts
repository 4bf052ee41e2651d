/** What can be checked of this machine and of one data directory, one finding at a time. It changes nothing there. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFile } from "#shared/database/attempt.ts";
import { problemsOf } from "#shared/database/copy.ts";
import { logOf, missedCount } from "#shared/database/log-of-database.ts";
import { VENTES_DB, ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { EVENTS_DB, eventsFile } from "#shared/topic-log/embedded/events-db.ts";
import { recordsIn, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Invocation } from "../settings/invocation.ts";
import { heldBy } from "../settings/locks.ts";
import { VERSION } from "../settings/version.ts";
import { type DoctorTexts, doctorTextsIn } from "../texts/doctor-texts.ts";
import { lastBackupOf } from "./last-backup.ts";
import { onLog } from "./log.ts";
import { pageSettings } from "./page.ts";
import { freeOn, sizeOf } from "./telemetry/database-figures.ts";

export interface Finding {
  readonly check: keyof DoctorTexts["names"];
  /** `note`: nothing is wrong, but somebody may want to know. */
  readonly state: "ok" | "note" | "wrong";
  /** What was found; where it is wrong, also what to do. */
  readonly says: string;
}

type Found = Omit<Finding, "check">;
const ok = (says: string): Found => ({ state: "ok", says });
const note = (says: string): Found => ({ state: "note", says });
const wrong = (says: string): Found => ({ state: "wrong", says });

interface Case {
  readonly run: Invocation;
  /** The data directory of the settings. */
  readonly dir: string;
  readonly words: DoctorTexts;
}

type Check = (one: Case) => Effect.Effect<Found, { readonly message: string }>;

/** In the order of the report: a check comes after those that it rests on. */
const CHECKS: Readonly<Record<Finding["check"], Check>> = {
  program: ({ words }) => Effect.succeed(ok(words.node(process.versions.node, VERSION))),
  directory: (one) => Effect.sync(() => directoryOf(one)),
  disk: (one) => Effect.sync(() => diskOf(one)),
  lock: ({ run, dir }) =>
    Effect.map(
      onFile(join(dir, "lock.db"), () => heldBy(dir)),
      (who) => ok(run.texts.runs(who)),
    ),
  port: (one) => portOf(one),
  topics: (one) => topicsOf(one),
  integrity: (one) => integrityOf(one),
  log: (one) => originOf(one),
  clock: (one) => clockOf(one),
  backup: (one) => backupOf(one),
};

/** How long it waits for a broker. */
const WAIT_MS = 5_000;

/** Makes each check, and gives its finding to `onFinding` at once: one may take long. A check that fails is a finding too. */
export const examine = (run: Invocation, onFinding: (finding: Finding) => void): Effect.Effect<void> => {
  const dir = run.settings.data;
  const words = doctorTextsIn(run.settings.language);
  return Effect.forEach(
    Object.entries(CHECKS) as [Finding["check"], Check][],
    ([check, examined]) =>
      Effect.suspend(() => examined({ run, dir, words })).pipe(
        Effect.catch(({ message }) => Effect.succeed(wrong(message))),
        Effect.catchDefect((defect) =>
          Effect.succeed(wrong(words.unchecked(defect instanceof Error ? defect.message : String(defect)))),
        ),
        Effect.map((found) => onFinding({ check, ...found })),
      ),
    { discard: true },
  );
};

function directoryOf({ dir, words }: Case): Found {
  if (existsSync(dir)) {
    if (!statSync(dir).isDirectory()) return wrong(words.noDirectory(dir));
    return mayWrite(dir) ? ok(words.directoryFine(dir)) : wrong(words.directoryClosed(dir));
  }
  let above = dirname(dir);
  while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
  return statSync(above).isDirectory() && mayWrite(above)
    ? note(words.directoryNone(dir))
    : wrong(words.noDirectory(dir));
}

function mayWrite(dir: string): boolean {
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Below this much, a download or a WAL fills the disk at any moment. */
const LEAST_FREE = 256e6;

/** A rebuild fills a file of the size of the database, and so does a backup, which has the topics too. */
function diskOf({ run, dir, words }: Case): Found {
  let at = dir;
  while (!existsSync(at)) at = dirname(at);
  const free = freeOn(at);
  if (free === undefined) return note(words.diskUnknown());
  const needed = Math.max(
    LEAST_FREE,
    1.1 * ((sizeOf(ventesFile(dir)) ?? 0) + (sizeOf(eventsFile(dir)) ?? 0)),
  );
  const bytes = run.texts.bytes;
  return free < needed ? wrong(words.diskLow(bytes(free), bytes(needed))) : ok(words.disk(bytes(free)));
}

const portOf: Check = ({ run, words }) =>
  Effect.gen(function* () {
    const { host, port } = yield* pageSettings({ port: undefined, host: undefined }, run);
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
    const code = yield* listening(host, port);
    if (code === undefined) return ok(words.port(url));
    if (code !== "EADDRINUSE") return wrong(words.hostRefused(host, code));
    const answers = yield* Effect.tryPromise(async (signal) => {
      const response = await fetch(`${url}healthz`, { signal });
      return response.ok && ((await response.json()) as { readonly ok?: unknown }).ok === true;
    }).pipe(
      Effect.timeoutOption(WAIT_MS),
      Effect.orElseSucceed(() => null),
    );
    const isOurs = answers !== null && answers._tag === "Some" && answers.value;
    return isOurs ? ok(words.portOurs(url)) : note(words.portTaken(url));
  });

/** Undefined when a server can listen there; else the code of the error. */
const listening = (host: string, port: number): Effect.Effect<string | undefined> =>
  Effect.callback((resume) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.succeed(error.code ?? error.message)),
    );
    server.listen(port, host, () => server.close(() => resume(Effect.succeed(undefined))));
  });

/** Whether the topics can be opened without creating them, as `doctor` must change nothing. */
const hasTopics = ({ settings }: Invocation, dir: string): boolean =>
  settings.kafka !== null || existsSync(eventsFile(dir));

const topicsOf: Check = ({ run, dir, words }) => {
  if (!hasTopics(run, dir)) return Effect.succeed(note(words.topicsNone()));
  const read = Effect.gen(function* () {
    const log = yield* TopicLog;
    const bounds = yield* log.bounds(EVENT_TOPICS);
    const where = run.settings.kafka?.brokers.join(",") ?? eventsFile(dir);
    return ok(words.topics(`${where}, ${log.fullName("ventes")}`, run.texts.count(recordsIn(bounds))));
  });
  return onLog(
    run,
    WAIT_MS,
  )(read).pipe(
    Effect.catch(({ message }) =>
      Effect.succeed(wrong(run.settings.kafka === null ? message : words.noBroker(message))),
    ),
  );
};

const integrityOf: Check = ({ run: { texts, settings }, dir, words }) =>
  Effect.gen(function* () {
    const file = ventesFile(dir);
    if (!existsSync(file)) return note(words.databaseNone(dir));
    const [problem] = yield* onFile(file, () => problemsOf(file, VENTES_DB));
    if (problem !== undefined) return wrong(words.broken(file, problem, words.refill()));
    const log = eventsFile(dir);
    const hasLog = settings.kafka === null && existsSync(log);
    const [lost] = hasLog ? yield* onFile(log, () => problemsOf(log, EVENTS_DB)) : [];
    if (lost !== undefined) return wrong(words.broken(log, lost, words.fromBackup()));
    const bytes = (sizeOf(file) ?? 0) + (hasLog ? (sizeOf(log) ?? 0) : 0);
    return ok(words.integrity(hasLog ? `${file}, events.db` : file, texts.bytes(bytes)));
  });

const originOf: Check = ({ run, dir, words }) =>
  Effect.scoped(
    Effect.gen(function* () {
      if (!existsSync(ventesFile(dir))) return note(words.databaseNone(dir));
      const db = yield* ventesReaderOf(dir);
      const filledFrom = yield* onFile(db.name, () => logOf(db));
      const lost = yield* onFile(db.name, () => missedCount(db));
      if (filledFrom !== undefined) {
        if (!hasTopics(run, dir)) return wrong(words.otherLog(ventesFile(dir)));
        const identity = yield* onLog(
          run,
          WAIT_MS,
        )(TopicLog.useSync((log) => log.identity)).pipe(Effect.orElseSucceed(() => null));
        if (identity === null) return note(words.originUnknown());
        if (identity !== filledFrom) return wrong(words.otherLog(ventesFile(dir)));
      }
      return lost > 0 ? wrong(words.missed(run.texts.count(lost))) : ok(words.sameLog());
    }),
  );

/** A clock that is an hour behind what the database was written at was set back; less may be another machine's. */
const HOUR_MS = 3_600_000;

const clockOf: Check = ({ run, dir, words }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis;
      const said = (at: number): string => new Date(at).toISOString();
      const here = words.clock(said(now), run.settings.timeZone);
      if (!existsSync(ventesFile(dir))) return ok(here);
      const db = yield* ventesReaderOf(dir);
      const last = yield* onFile(
        db.name,
        () => db.prepare("SELECT MAX(committed_at) FROM commits").pluck().get() as string | null,
      );
      return last !== null && Date.parse(last) > now + HOUR_MS
        ? wrong(words.clockBehind(said(now), last))
        : ok(here);
    }),
  );

const DAY_MS = 86_400_000;
const OLD_BACKUP_DAYS = 7;

const backupOf: Check = ({ run, dir, words }) =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const last = lastBackupOf(dir);
    if (last === undefined) return note(words.backupNone());
    const days = Math.floor((now - Date.parse(last.at)) / DAY_MS);
    return days > OLD_BACKUP_DAYS
      ? note(words.backupOld(last.at, run.texts.count(days)))
      : ok(words.backup(last.at, last.path));
  });
