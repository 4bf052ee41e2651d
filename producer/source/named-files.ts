/**
 * The files that an operator named in this data directory, by flag or `sources add`: they may be read wherever they
 * are. What only a Kafka topic names must be under VENTES_FILES (invariant 10), for others may write to the topic.
 * One file: URL a line in DIR/named-files.txt; only ever appended to.
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
