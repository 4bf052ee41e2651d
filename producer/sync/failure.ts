/** The failures of a poll: of the source, of the producer's own database, of the topic log. */
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../source/index.ts";

export type PollFailure = SourceError | DatabaseError | PublishFailure;
