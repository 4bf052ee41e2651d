import { isAbsolute, relative } from "node:path";

/** A path as one would type it: from the working directory while it lies under it. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), path);
  return from === "" || from.startsWith("..") || isAbsolute(from) ? path : `./${from}`;
}
