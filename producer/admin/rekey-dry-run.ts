/** `ventes sources add --rekey --dry-run`: tells which sales would get new ids. Writes nothing. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { SourceError } from "../source/index.ts";
import { makeTemporaryProducer, previewRekey, type RekeyListener, type RekeyPreview } from "../sync/index.ts";
import { BY_HAND } from "./open.ts";
import { planned, type RegisterOptions } from "./register.ts";

/** A registered source, and what its sales would become. */
export interface RekeyDryRun {
  /** The source's id. */
  readonly source: string;
  /** undefined: no id of a published sale would change. */
  readonly preview: RekeyPreview | undefined;
}

/**
 * What `registerSource` with `rekey` and the next poll would do to the published sales of a source. Reads the source,
 * and its events in the topics. `listenerOf`: called with the id of the source. undefined: it is not registered. Fails as
 * these two do. The data directory of the settings gets temporary files.
 */
export const rekeyDryRun = (
  reference: string,
  options: RegisterOptions,
  listenerOf: (source: string) => RekeyListener,
): Effect.Effect<
  RekeyDryRun | undefined,
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings
> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { before, registration } = yield* planned(reference, { ...options, rekey: true });
      if (before === undefined) return undefined;
      const producer = yield* makeTemporaryProducer();
      const { source } = registration;
      const preview = yield* previewRekey(producer, registration, BY_HAND, listenerOf(source));
      return { source, preview };
    }),
  );
