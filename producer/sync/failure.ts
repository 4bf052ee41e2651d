/** How a poll may fail. */
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../source/index.ts";

export type PollFailure = SourceError | DatabaseError | PublishFailure;
