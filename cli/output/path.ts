import { isAbsolute, relative } from "node:path";

/** A path for people: relative (`./data`) where it is under the working directory, else absolute. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), path);
  return from === "" || from.startsWith("..") || isAbsolute(from) ? path : `./${from}`;
}
