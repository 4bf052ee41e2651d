/** `ventes restore BACKUP`: fills a data directory that has no database from a backup. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as Effect from "effect/Effect";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { eventsFile } from "#shared/topic-log/embedded/events-db.ts";
import { shownPath } from "../output/path.ts";
import { print } from "../output/stdout.ts";
import { type BackupError, backupsIn, restoreBackup } from "../run/backup.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock } from "../settings/locks.ts";

/** The backup may be one, or a directory of them: then it is the newest. */
export const restore = (
  input: { readonly backup: string },
  run: Invocation,
): Effect.Effect<void, BackupError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { settings, texts } = run;
      const { data } = settings;
      const given = resolve(input.backup);
      const from = existsSync(ventesFile(given)) ? given : backupsIn(given).at(-1);
      if (from === undefined) return yield* new Failed({ message: texts.noBackup(shownPath(given)) });
      const taken = [ventesFile(data), eventsFile(data)].find((file) => existsSync(file));
      if (taken !== undefined) return yield* new Failed({ message: texts.restoreIntoUsed(shownPath(taken)) });
      if (settings.kafka === null && !existsSync(eventsFile(from)))
        return yield* new Failed({ message: texts.backupWithoutLog(shownPath(from)) });
      yield* directoryLock(data, "exclusive");
      const made = yield* restoreBackup(from, data, texts);
      print(
        run.json
          ? JSON.stringify({ ...made, data })
          : texts.restored({ ...made, path: shownPath(made.path) }, shownPath(data)),
      );
    }),
  );
