/** Why a change that a browser asked for cannot be made. */
import * as Schema from "effect/Schema";

/** It cannot be done; the sentence says why, and what to do. `status`: of the HTTP answer. */
export class NotDone extends Schema.TaggedError<NotDone>()("NotDone", {
  status: Schema.Literals([403, 404, 422, 500, 503]),
  sentence: Schema.String,
}) {}
