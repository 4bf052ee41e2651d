/** The answers that are errors. */
import * as Schema from "effect/Schema";

/** The schema of an error: its status, and a body whose member `error` says in a sentence what is wrong and what to do. */
export const error = (status: number, description: string) =>
  Schema.Struct({ error: Schema.String }).annotate({ httpApiStatus: status, description });
