/** What a claim is known by: the primary id, the ordinal of a derived one, the date of a dated product. */
import { splitOrdinal, withOrdinal } from "./identity.ts";

export interface ClaimKey {
  /** As `heldKey` gives it where it comes from the state. */
  readonly key: string;
  readonly ordinal: number;
  readonly dated: string;
}

export const keyOfClaim = ({ key, ordinal }: Pick<ClaimKey, "key" | "ordinal">): string =>
  ordinal === 0 ? key : withOrdinal(key, ordinal);

export const DERIVED = /^\d{4}-\d{2}-\d{2}~[A-Za-z0-9_-]{22}~[1-9]\d{0,8}$/;

/** An id of the form of a derived one is held like one, wherever it comes from. */
export const splitDerived = (id: string): { readonly stem: string; readonly ordinal: number } | undefined =>
  DERIVED.test(id) ? splitOrdinal(id) : undefined;
