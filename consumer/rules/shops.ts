/** The row of a shop: its merged claims (rule 8). */
import { type Claim, type KeyState, layClaims } from "./claims.ts";
import { extrasOf, parseImage } from "./image.ts";

export interface Shop {
  readonly ville: string;
  /** JSON with sorted names. */
  readonly extras: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
}

/** Undefined when the key has no claim. */
export function shopOf({ claims }: KeyState): Shop | undefined {
  const laid = layClaims(claims);
  if (laid === undefined) return undefined;
  const { image, last } = laid;
  return {
    ville: image.ville ?? "",
    extras: extrasOf("magasins", image),
    source: last.source,
    line: last.line,
    offset: last.offset,
  };
}

/** The claim that the row stands for while its key has only one. */
export const claimOfShop = ({ ville, extras, source, line, offset }: Shop): Claim => ({
  source,
  dateEffet: "",
  image: { ...parseImage(extras), ville },
  line,
  offset,
});
