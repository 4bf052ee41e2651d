/** The names that people give to sources. */
import * as Effect from "effect/Effect";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { Registry, type SourceError, sourceError } from "../source/index.ts";
import { registeredAs } from "./list.ts";

/** Characters of a name. */
export const LONGEST_NAME = 80;
/** Controls, marks that reorder text, line and paragraph separators, half characters. */
const NOT_SHOWN = /\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}|\p{Cs}/u;
/** Anything but spaces and characters without a shape. */
const SEEN = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A name as it is registered; null: none. Fails with SourceError (`source.bad_name`). */
export const checkedName = Effect.fnUntraced(function* (
  source: string,
  text: string,
): Effect.fn.Return<string | null, SourceError, Settings> {
  const name = text.trim();
  if (name.length > LONGEST_NAME || NOT_SHOWN.test(name) || (name !== "" && !SEEN.test(name)))
    return yield* sourceError(
      "source.bad_name",
      { source, what: String(LONGEST_NAME) },
      (yield* Settings).language,
    );
  return name === "" ? null : name;
});

/**
 * Gives a registered source a name; an empty one takes it away. Fails with SourceError when nothing has this id
 * (`source.not_registered`), or the name cannot be shown (`source.bad_name`).
 */
export const nameSource = Effect.fnUntraced(function* (
  reference: string,
  text: string,
): Effect.fn.Return<Registration, SourceError | DatabaseError | PublishFailure, TopicLog | Settings> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  const source = yield* registeredAs(reference, registry);
  const before = registry.registration(source);
  if (before === undefined)
    return yield* sourceError("source.not_registered", { source }, (yield* Settings).language);
  const name = yield* checkedName(source, text);
  const { name: _, ...rest } = before;
  const registration: Registration = { ...rest, ...(name === null ? {} : { name }) };
  yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
  return registration;
});
