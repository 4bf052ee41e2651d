/**
 * Makes the dialect of a file that only continues the version before, as an append does: it has no header of its own.
 * The header, the delimiter, the quotes and the comments are those of the version before.
 */
import { mapEntities } from "../../header/index.ts";
import type { Cut, Delimiter, Quote } from "../records/dialect.ts";
import { bestOf } from "./choose.ts";
import { lineEndsOf } from "./cuts-to-try.ts";
import { readHead } from "./head.ts";
import { makeDialect } from "./make-dialect.ts";
import { notRecognized } from "./not-recognized.ts";
import { isWhole, recognize } from "./recognize.ts";
import type { Candidate, Choice, DialectRequest, FoundDialect, Text } from "./search.ts";

/** A request that has a version before. */
export type ContinueRequest = DialectRequest & { readonly before: NonNullable<DialectRequest["before"]> };

/**
 * Reads all of the file where its line ends leave a choice. Yields between blocks. Throws SourceRefusal when the
 * header of the version before does not publish what the operator now wants.
 */
export function* continueDialect(text: Text, request: ContinueRequest): Generator<void, FoundDialect> {
  const { reading, header } = request.before;
  const mappings = mappingsOf(request);
  const head = readHead(text.fd, text.size, 0);
  const choices = lineEndsOf(text.survey).map((lineEnd): Choice => {
    const cut: Cut = {
      delimiter: reading.delimiter as Delimiter,
      quote: reading.quote as Quote | null,
      escape: reading.escape as Cut["escape"],
      lineEnd,
    };
    const candidate: Candidate = { cut, record: null, header, mappings };
    const { comment = null, headerLine, trailing = 0, ragged = false } = reading;
    const as = { header, comment, headerLine, trailing, ragged };
    return { candidate, dialect: { ...makeDialect(candidate, cut, head, request.options), ...as } };
  });
  const { dialect } = yield* bestOf(choices, text.fd);
  return { dialect, notes: [] };
}

/** What the header of the version before publishes. */
function mappingsOf(request: ContinueRequest): Candidate["mappings"] {
  const { options, entities } = request;
  const { header } = request.before;
  const recognized = recognize(header, request) ?? [];
  const [wanted, ...more] = entities ?? [];
  const mappings =
    wanted === undefined || more.length > 0 || recognized[0]?.entity === wanted
      ? recognized
      : mapEntities(header, [wanted], options).mappings;
  if (mappings.length === 0 || !mappings.every(isWhole)) throw notRecognized(header, entities, options);
  return mappings;
}
