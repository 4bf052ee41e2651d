/** A rebuild of the database of a data directory: its lock, its folder, and the room that it takes. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import type { Failed } from "../settings/errors.ts";
import { rebuildLock } from "../settings/locks.ts";
import type { Texts } from "../texts/texts.ts";
import { assertRoom } from "./room.ts";

/**
 * The folder of the new database, empty, on the disk of the running one; it is deleted when the scope ends, and what a
 * killed rebuild left of it is deleted before. Fails where another rebuild works in the directory.
 */
export const rebuildFolder = (
  data: string,
  texts: Texts,
): Effect.Effect<string, DatabaseError | Failed, Scope.Scope> =>
  Effect.gen(function* () {
    yield* rebuildLock(data);
    const folder = join(data, "rebuild");
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    yield* onFile(folder, remove);
    yield* assertRoom(data, [ventesFile(data)], texts.noRoomForRebuild);
    return yield* Effect.acquireRelease(
      onFile(folder, () => {
        mkdirSync(folder, { mode: 0o700 });
        return folder;
      }),
      () => Effect.sync(remove),
    );
  });
