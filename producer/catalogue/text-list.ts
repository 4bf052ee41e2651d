/** A text list: one URL or path a line; lines that begin with `#` are comments. */
import type { Listing } from "./listing.ts";

export const readTextList = (text: string): Listing => ({
  form: "text",
  listed: text.split(/\r\n|\n|\r/).flatMap((line) => {
    const reference = line.trim();
    return reference === "" || reference.startsWith("#")
      ? []
      : [{ reference, isPath: true, entity: undefined, options: {} }];
  }),
  ignored: [],
});
