/**
 * Why a source cannot be read now: a stable code and a sentence that names the mend. The source is parked with it
 * until its next look; the others go on. Codes are for programs and never change.
 */
import * as Schema from "effect/Schema";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { type Details, SOURCE_SENTENCES } from "./sentences.ts";
import { shareLinkOf } from "./share-links.ts";

export type SourceErrorCode = keyof typeof SOURCE_SENTENCES;

export class SourceError extends Schema.TaggedError<SourceError>()("SourceError", {
  source: Schema.String,
  code: Schema.String,
  /** In the language of the settings. */
  sentence: Schema.String,
  /** The server asked to be left alone for this long (Retry-After), in milliseconds. */
  retryAfterMs: Schema.optionalKey(Schema.Number),
}) {
  override get message(): string {
    return this.sentence;
  }
}

/** `details.source` is the source's id or what was given for it; the sentence shows it without its secrets. */
export function sourceError(code: SourceErrorCode, details: Details, language: Language): SourceError {
  const { source } = details;
  const file = shareLinkOf(source)?.file;
  const sentence = SOURCE_SENTENCES[code][language];
  return new SourceError({
    source,
    code,
    sentence: sentence({ ...details, source: masked(source), ...(file === undefined ? {} : { file }) }),
  });
}

/** A failure without its language yet: thrown by plain code, turned into a SourceError by its caller. */
export class SourceRefusal extends Error {
  readonly code: SourceErrorCode;
  readonly what: string | undefined;
  readonly more: string | undefined;

  constructor(code: SourceErrorCode, what?: string, more?: string) {
    super(code);
    this.code = code;
    this.what = what;
    this.more = more;
  }

  toError(source: string, language: Language): SourceError {
    const { what, more } = this;
    return sourceError(
      this.code,
      { source, ...(what === undefined ? {} : { what }), ...(more === undefined ? {} : { more }) },
      language,
    );
  }
}
