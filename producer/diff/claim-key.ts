/** What identifies a claim: the primary id, the ordinal of a derived id, the date_effet of a dated product. */
import { splitOrdinal, withOrdinal } from "./identity.ts";

export interface ClaimKey {
  /** The primary id without its ordinal. From the state: as `heldKey` returns it. */
  readonly key: string;
  readonly ordinal: number;
  readonly dated: string;
}

export const keyOfClaim = ({ key, ordinal }: Pick<ClaimKey, "key" | "ordinal">): string =>
  ordinal === 0 ? key : withOrdinal(key, ordinal);

const DAY_LENGTH = 10;

/** The ISO day with which the key of a sale without id begins. */
export const dayOfStem = (key: string): string => key.slice(0, DAY_LENGTH);

export const DERIVED = /^\d{4}-\d{2}-\d{2}~[A-Za-z0-9_-]{22}~[1-9]\d{0,8}$/;

/** Splits an id that has the form of a derived id, even when a file gave it; undefined: it does not have that form. */
export const splitDerived = (id: string): { readonly stem: string; readonly ordinal: number } | undefined =>
  DERIVED.test(id) ? splitOrdinal(id) : undefined;
