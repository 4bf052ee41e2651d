/** `ventes backup DIR`: copies the database, and the log of an embedded pipeline, while everything runs. */
import { resolve } from "node:path";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { elapsedMs, instantOf } from "#shared/runtime/time.ts";
import { shownPath } from "../output/path.ts";
import { print, say } from "../output/stdout.ts";
import { type BackupError, prune, writeBackup } from "../run/backup.ts";
import { answeringDirectory } from "../run/database.ts";
import { noteBackup } from "../run/last-backup.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";

/**
 * With --every it goes on until it is interrupted; a backup that fails is said, and the next one is made at its time.
 */
export const backup = (
  input: { readonly directory: string; readonly keep: string | undefined },
  run: Invocation,
): Effect.Effect<void, BackupError | WrongUsage> =>
  Effect.gen(function* () {
    const keep = yield* keptOf(input.keep);
    const target = resolve(input.directory);
    const once = backUp(target, keep, run);
    if (run.every === null) return yield* once;
    const pace = run.every;
    return yield* once.pipe(
      Effect.catch((error: BackupError) => Effect.sync(() => say(`ventes: ${error.message}`, "warning"))),
      Effect.andThen(Effect.sleep(pace)),
      Effect.forever,
    );
  });

const keptOf = (text: string | undefined): Effect.Effect<number | null, WrongUsage> => {
  if (text === undefined) return Effect.succeed(null);
  return /^[1-9]\d{0,5}$/.test(text)
    ? Effect.succeed(Number(text))
    : Effect.fail(new WrongUsage({ message: `--keep is "${text}": give a number of backups from 1 on` }));
};

const backUp = (target: string, keep: number | null, run: Invocation): Effect.Effect<void, BackupError> =>
  Effect.gen(function* () {
    const { settings, texts } = run;
    const data = answeringDirectory(settings.data);
    if (target === resolve(data))
      return yield* new Failed({ message: texts.backupInPlace(shownPath(target)) });
    const from = yield* elapsedMs;
    const at = instantOf(yield* Clock.Clock);
    // The demo keeps its topics in its own events.db, whatever cluster is named.
    const hasLog = settings.kafka === null || data !== settings.data;
    const made = yield* writeBackup(data, target, { at, hasLog, texts });
    noteBackup(data, { at: at.toISOString(), path: made.path, commit: made.commit });
    const deleted = keep === null ? 0 : yield* prune(target, keep);
    const seconds = ((yield* elapsedMs) - from) / 1_000;
    print(
      run.json
        ? JSON.stringify({ ...made, seconds: Number(seconds.toFixed(3)), deleted })
        : texts.backedUp({ ...made, path: shownPath(made.path) }, deleted),
    );
  });
