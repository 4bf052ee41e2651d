/**
 * Why a source cannot be read now: a code and a sentence that says what to do. The source is parked with them until its
 * next poll; the others go on. Programs read the codes, so a code never changes.
 */
import * as Schema from "effect/Schema";
import { DoubtReport } from "#shared/contract/doubt.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { BOUNDS, shortened } from "./bounds.ts";
import { type Doubt, doubtsText, reportOf } from "./doubt.ts";
import { type Details, type Given, SOURCE_SENTENCES } from "./sentences.ts";
import { shareLinkOf } from "./share-links.ts";

export type SourceErrorCode = keyof typeof SOURCE_SENTENCES;

/**
 * The failure of work on one source or catalogue. `code` is a key of SOURCE_SENTENCES, and stable; `sentence` says what is
 * wrong and what to do, and masks secrets. The other sources go on.
 */
export class SourceError extends Schema.TaggedError<SourceError>()("SourceError", {
  source: Schema.String,
  code: Schema.String,
  /** In the language of the settings. */
  sentence: Schema.String,
  /** How long the server asks us to wait (Retry-After), in milliseconds. */
  retryAfterMs: Schema.optionalKey(Schema.Number),
  /** Why its version is held back (`source.held_back`). */
  doubts: Schema.optionalKey(Schema.Array(DoubtReport)),
}) {
  override get message(): string {
    return this.sentence;
  }
}

/**
 * `details.source` is the id of the source, or the text that a user gave. The sentence masks secrets, also of a URL in
 * another detail, and cuts what is too long to be read.
 */
export function sourceError(code: SourceErrorCode, details: Details, language: Language): SourceError {
  const { source } = details;
  const file = shareLinkOf(source)?.file;
  const shown = shownDetails({ ...details, ...(file === undefined ? {} : { file }) });
  return new SourceError({ source, code, sentence: SOURCE_SENTENCES[code][language](shown) });
}

function shownDetails({ source, given, ...others }: Details): Details {
  // Masked first: half a URL would not show that it holds a password.
  const cut = Object.entries(others).map(([name, text]) => [
    name,
    shortened(masked(text), BOUNDS.shownDetail),
  ]);
  return {
    source: shortened(masked(source), BOUNDS.shownSource),
    ...(given === undefined ? {} : { given }),
    ...Object.fromEntries(cut),
  };
}

/** The error of a version that is held back for these doubts. */
export function heldBack(source: string, doubts: readonly Doubt[], language: Language): SourceError {
  const reports = doubts.map((doubt) => reportOf(doubt, source, language));
  // Not cut: the commands that decide are at its end, and each doubt has bounds of its own.
  const shown = { ...shownDetails({ source }), what: doubtsText(reports) };
  const sentence = SOURCE_SENTENCES["source.held_back"][language](shown);
  return new SourceError({ source, code: "source.held_back", sentence, doubts: reports });
}

/**
 * A failure that has no sentence yet, because plain code does not know the language. Plain code throws it; Effect code
 * turns it into a SourceError. `what`, `more` and `key` are the details of the sentence.
 */
export class SourceRefusal extends Error {
  readonly code: SourceErrorCode;
  readonly what: string | undefined;
  readonly more: string | undefined;
  readonly key: string | undefined;

  constructor(code: SourceErrorCode, what?: string, more?: string, key?: string) {
    // It tells a user what is wrong with an input, not where the program is; one is made for each record that is not valid.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(code);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.what = what;
    this.more = more;
    this.key = key;
  }

  toError(source: string, language: Language, given?: Given): SourceError {
    const { what, more, key } = this;
    return sourceError(
      this.code,
      {
        source,
        ...(what === undefined ? {} : { what }),
        ...(more === undefined ? {} : { more }),
        ...(key === undefined ? {} : { key }),
        ...(given === undefined ? {} : { given }),
      },
      language,
    );
  }
}
