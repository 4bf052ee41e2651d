/** The forms of the server's answers: a file of the page, JSON of a schema of api.ts, an error as JSON. */
import * as Effect from "effect/Effect";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Schema from "effect/Schema";
import { whenFree } from "#shared/database/attempt.ts";
import { isoOf } from "#shared/runtime/time.ts";
import { ErrorAnswer } from "./api.ts";
import type { PageFile } from "./files.ts";

export const fileResponse = (file: PageFile, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(file.text, { contentType: file.type, status });

export const failure = (status: number, error: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(ErrorAnswer.make({ error }), { status });

/** A value of the schema. */
export const json = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  value: S["Type"],
  status = 200,
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(Schema.encodeUnknownSync(schema)(value), { status });

/**
 * The answer with what `read` returns at an instant (ISO 8601, UTC). Status 503 while there is no database (undefined),
 * or when the database cannot be read; a busy one (a checkpoint, a recovery) is read again until it is free.
 */
export const answer = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  read: (now: string) => S["Type"] | undefined,
): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.clockWith((clock) =>
    whenFree(
      () => read(isoOf(clock)),
      (error) => (error instanceof Error ? error.message : String(error)),
    ),
  ).pipe(
    Effect.map((value) => (value === undefined ? failure(503, "no database yet") : json(schema, value))),
    Effect.catch((message) => Effect.succeed(failure(503, message))),
  );
