/**
 * The files that an operator named with this data directory, by a flag or `sources add`. The producer may read them
 * anywhere on the disk. A file that only a Kafka topic names must be under VENTES_FILES (invariant 10), because other
 * programs may write to the topic. DIR/named-files.txt holds one file: URL a line; the program only appends to it.
 */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const listOf = (data: string): string => join(data, "named-files.txt");

export function isNamedHere(data: string, source: string): boolean {
  try {
    return readFileSync(listOf(data), "utf8").split("\n").includes(source);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

export function rememberNamed(data: string, source: string): void {
  if (isNamedHere(data, source)) return;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  appendFileSync(listOf(data), `${source}\n`, { mode: 0o600 });
}
