/**
 * The id of a sale that its file does not number (rule 4): `date_vente~hash~ordinal`. The hash is 128 bits over the
 * canonical values of the identity columns. Version 1 must not change, because databases and topics hold such ids;
 * identity.test.ts has its test vectors.
 */
import { hash } from "node:crypto";
import type { Values } from "#shared/contract/event.ts";

/** 128 bits as 22 characters of base64url. */
const hash128 = (text: string): string =>
  hash("sha256", text, { outputEncoding: "buffer" }).subarray(0, 16).toString("base64url");

/**
 * `date_vente~hash`, without the ordinal. `columns`: names of the identity columns, canonical or extra, sorted by code
 * unit; a column without a value counts as null. `scope`: separates files that repeat their sales (rule 5). It is the
 * first pair of the hash; no header has its name, because names of headers lose their white space.
 */
export function saleStem(columns: readonly string[], row: Values, extras: Values, scope?: string): string {
  const pairs = columns.map((name) => [name, own(row, name) ?? own(extras, name) ?? null]);
  if (scope !== undefined) pairs.unshift([" scope", scope]);
  return `${row.date_vente}~${hash128(`v1${JSON.stringify(pairs)}`)}`;
}

/** Own properties alone, because a column may be called `constructor`. */
const own = (values: Values, name: string): string | null | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const escaped = (part: string): string => part.replaceAll("%", "%25").replaceAll("/", "%2F");

/**
 * One id from several values, `1001/A`. A slash or percent sign inside a value becomes %2F or %25, so that two lists of
 * values never give the same id.
 */
export const joinIds = (parts: readonly string[]): string => parts.map(escaped).join("/");

/** The id of a file with a scope, `caisse-2/1001` (rule 5). */
export const scopedId = (scope: string, id: string): string => `${escaped(scope)}/${id}`;

/** The key of a reject, without its ordinal (rule 11). */
export const rejectStem = (source: string, raw: string): string =>
  hash128(`v1${JSON.stringify([source, raw])}`);

/** The key of the n-th identical record, n from 1 (rule 5). */
export const withOrdinal = (stem: string, n: number): string => `${stem}~${n}`;

/** The inverse of `withOrdinal`; undefined: the key has no ordinal. */
export function splitOrdinal(key: string): { readonly stem: string; readonly ordinal: number } | undefined {
  const at = key.lastIndexOf("~");
  const ordinal = Number(key.slice(at + 1));
  return at > 0 && Number.isInteger(ordinal) && ordinal > 0 ? { stem: key.slice(0, at), ordinal } : undefined;
}
