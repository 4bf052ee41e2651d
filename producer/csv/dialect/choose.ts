/** Chooses between candidates by evidence: the columns that they name, then how well each reads the whole file. */
import type { Cut, Dialect } from "../records/dialect.ts";
import { makeDialect } from "./make-dialect.ts";
import { isBetter, measure } from "./measure.ts";
import { hasUnclosed } from "./quotes.ts";
import type { Candidate, Choice, Search } from "./search.ts";

/**
 * The choice whose header names most columns; of several, the one that reads most of the file; of those, the first.
 * Yields between blocks.
 */
export function* bestOf(all: readonly Choice[], fd: number): Generator<void, Choice> {
  const most = Math.max(...all.map(({ candidate }) => namedColumns(candidate)));
  const equal = all.filter(({ candidate }) => namedColumns(candidate) === most);
  let best = equal[0] as Choice;
  if (equal.length === 1) return best;
  let found = yield* measure(fd, best.dialect);
  for (const one of equal.slice(1)) {
    const other = yield* measure(fd, one.dialect);
    if (!isBetter(other, found)) continue;
    best = one;
    found = other;
  }
  return best;
}

/**
 * The dialect without quotes, when quotes enclose no field of the whole file and more of it is read without them;
 * else the dialect as it is. Yields between blocks.
 */
export function* withoutUselessQuotes(
  { candidate, dialect }: Choice,
  { text, head, request }: Search,
): Generator<void, Dialect> {
  const { cut } = candidate;
  if (request.options.quote !== undefined) return dialect;
  if (!hasUnclosed(head.text, cut)) return dialect;
  const quoted = yield* measure(text.fd, dialect);
  if (quoted.quoted > 0 || quoted.bad < 2) return dialect;
  const plainCut: Cut = { ...cut, quote: null, escape: null };
  const plain = makeDialect(candidate, plainCut, head, request.options);
  const none = yield* measure(text.fd, plain);
  return none.right > quoted.right ? plain : dialect;
}

/** How many columns of the header have a known name. */
const namedColumns = ({ mappings }: Candidate): number =>
  new Set(mappings.flatMap(({ fields }) => fields.flatMap((f, i) => ("column" in f ? [i] : [])))).size;
