/**
 * Parses the records of the topic `sources`, which any program may write. A valid record becomes a typed value whose
 * ids are valid URLs. A record that is not valid is refused with its reason.
 */
import { createHash } from "node:crypto";
import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";
import * as Schema from "effect/Schema";
import {
  Announcement,
  Catalogue,
  Registration,
  Removal,
  versionKey,
} from "#shared/contract/source-records.ts";
import { BOUNDS, shortened } from "./bounds.ts";
import { type SourceErrorCode, SourceRefusal } from "./error.ts";
import { assertId } from "./reference.ts";

export type Named = Registration | Catalogue | Removal;

export type SourceRecord =
  | { readonly is: "named"; readonly named: Named }
  | { readonly is: "announced"; readonly announcement: Announcement }
  | { readonly is: "refused"; readonly refusal: SourceRefusal }
  /** An announcement that is not valid, or a record of another program. The producer ignores it. */
  | { readonly is: "nothing" };

type Decode<A> = (value: unknown) => Exit.Exit<A, Schema.SchemaError>;

const decoders = {
  source: Schema.decodeUnknownExit(Registration),
  catalogue: Schema.decodeUnknownExit(Catalogue),
  removed: Schema.decodeUnknownExit(Removal),
  version: Schema.decodeUnknownExit(Announcement),
  takeover: Schema.decodeUnknownExit(Announcement),
} as const satisfies Record<string, Decode<Named | Announcement>>;
type Kind = keyof typeof decoders;

const isKind = (kind: unknown): kind is Kind => typeof kind === "string" && Object.hasOwn(decoders, kind);

const isVersionKey = (key: string): boolean => key.endsWith(versionKey(""));

/** Characters of a schema error that the refusal shows. */
const SHOWN_ISSUE = 300;
/** `reread` and `rekey` are a time and a UUID, a decision is a code and a hash. */
const LONGEST_REQUEST_ID = 200;

const refused = (code: SourceErrorCode, what?: string): SourceRecord => ({
  is: "refused",
  refusal: new SourceRefusal(code, what),
});
const notValid = (what: string): SourceRecord =>
  refused("registration.not_valid", shortened(what, SHOWN_ISSUE));

/** Never throws. */
export function parseSourceRecord(key: string, value: Buffer): SourceRecord {
  try {
    return parse(key, value);
  } catch (error) {
    if (error instanceof SourceRefusal) return { is: "refused", refusal: error };
    // For example, JSON that is nested too deeply for the decoder.
    return notValid(error instanceof Error ? error.message : String(error));
  }
}

function parse(key: string, value: Buffer): SourceRecord {
  let json: unknown;
  try {
    json = JSON.parse(value.toString("utf8"));
  } catch {
    return isVersionKey(key) ? { is: "nothing" } : refused("registration.not_json");
  }
  const kind = typeof json === "object" && json !== null && "kind" in json ? json.kind : undefined;
  if (!isKind(kind))
    return isVersionKey(key) ? { is: "nothing" } : notValid("kind: source, catalogue, removed");
  const decode: Decode<Named | Announcement> = decoders[kind];
  const decoded = decode(json);
  if (Exit.isFailure(decoded))
    return kind === "version" || kind === "takeover"
      ? { is: "nothing" }
      : notValid(String(Cause.squash(decoded.cause)));
  const parsed = decoded.value;
  if (isAnnouncement(parsed))
    return key === versionKey(parsed.source) && isPlausible(parsed)
      ? { is: "announced", announcement: parsed }
      : { is: "nothing" };
  const id = parsed.kind === "catalogue" ? parsed.catalogue : parsed.source;
  if (id !== key) return refused("registration.other_key", id.slice(0, SHOWN_ISSUE));
  if (parsed.kind !== "removed") assertId(id);
  const wrong = parsed.kind === "removed" ? undefined : contradiction(parsed);
  return wrong === undefined ? { is: "named", named: parsed } : notValid(wrong);
}

const isAnnouncement = (parsed: Named | Announcement): parsed is Announcement =>
  parsed.kind === "version" || parsed.kind === "takeover";

/** Why a registration is not valid although its types are; undefined: it is valid. */
function contradiction(named: Registration | Catalogue): string | undefined {
  if (named.every !== null && named.every < 1) return `every: ${named.every}`;
  if ((named.accepted ?? []).some(({ length }) => length > LONGEST_REQUEST_ID))
    return `accepted: > ${LONGEST_REQUEST_ID}`;
  if (named.kind === "catalogue") return undefined;
  const { entities, reread = "", rekey = "", inherited = [] } = named;
  if ([reread, rekey, ...inherited].some(({ length }) => length > LONGEST_REQUEST_ID))
    return `reread, rekey, inherited: > ${LONGEST_REQUEST_ID}`;
  return entities.length === 0 || new Set(entities).size < entities.length
    ? `entities: ${JSON.stringify(entities)}`
    : undefined;
}

/** Announcements copy values from the one before. One with impossible values must be ignored. */
const isPlausible = ({ entities, counts, open, reading }: Announcement): boolean =>
  new Set(entities).size === entities.length &&
  (open === null || open.line > 0) &&
  (counts === null || (counts.records >= 0 && counts.rejected >= 0)) &&
  (reading === undefined || reading.headerLine >= 0);

/** The key as users see it. A key that is too long for an id is cut, and made unique by a hash. */
export const shownKey = (key: string): string =>
  Buffer.byteLength(key) <= BOUNDS.idBytes
    ? key
    : `${key.slice(0, 80)}…${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
