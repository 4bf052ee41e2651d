/** The answers that are errors. */
import * as Schema from "effect/Schema";

/** The body of an error: `error` is a sentence that says what is wrong and what to do. */
export const error = (status: number, description: string) =>
  Schema.Struct({ error: Schema.String }).annotate({ httpApiStatus: status, description });
