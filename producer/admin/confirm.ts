/** `ventes sources confirm`: lets a version through that is held back because it deletes much (rule 10). */
import { rmSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { contentHash, fetchSource, makeHttpClient } from "../download/index.ts";
import { followedFolderOf, Registry, type SourceError, sourceError } from "../source/index.ts";
import { registeredAs } from "./list.ts";

/**
 * Downloads the source's content and confirms it by its hash. A running producer polls the source at once. The
 * confirmation is for this content alone; the limit applies again to the next version. Fails with SourceError when the
 * source is not registered (`source.not_registered`) or cannot be read.
 */
export const confirmSource = (
  reference: string,
): Effect.Effect<Registration, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> =>
  Effect.scoped(confirm(reference));

const confirm = Effect.fnUntraced(function* (
  reference: string,
): Effect.fn.Return<
  Registration,
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings | Scope.Scope
> {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const registry = new Registry(log);
  const source = yield* registeredAs(reference, registry);
  const notRegistered = sourceError("source.not_registered", { source }, settings.language);
  const registered = registry.registration(source);
  if (registered === undefined) return yield* notRegistered;
  const client = yield* makeHttpClient;
  const fetched = yield* fetchSource({
    client,
    settings,
    source,
    known: null,
    resumeFrom: null,
    throughTopic: false,
    within: followedFolderOf(registered),
  });
  if (fetched.kind !== "unchanged") rmSync(fetched.file, { force: true });
  const confirmed = contentHash(fetched.validators);
  if (confirmed === null) return yield* Effect.die(new Error("a whole read without a hash"));
  // The registration may have changed during the download.
  yield* registry.refresh(registry.partition(source));
  const before = registry.registration(source);
  if (before === undefined) return yield* notRegistered;
  const registration: Registration = { ...before, confirmed };
  yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
  return registration;
});
