/** How a source is named: its id is its URL; a path is its absolute file: URL (contract). */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EntityName } from "#shared/entities/index.ts";
import { parseEntities } from "./reading-flags.ts";
import { SourceRefusal } from "./source-error.ts";

const PROTOCOLS = new Set(["http:", "https:", "file:"]);

/** The id of a source from a URL or a path (relative to `cwd`). Throws SourceRefusal. */
export function sourceId(reference: string, cwd = process.cwd()): string {
  const text = reference.trim();
  if (text === "") throw new SourceRefusal("source.bad_reference");
  // A scheme of one letter is a drive of Windows.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return pathToFileURL(resolve(cwd, text)).href;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !PROTOCOLS.has(url.protocol)) throw new SourceRefusal("source.bad_reference");
  url.hash = "";
  return url.href;
}

export interface SourceArgument {
  /** What the operator says it publishes. */
  readonly entities: readonly EntityName[] | undefined;
  readonly source: string;
}

/**
 * `ENTITY=URL_OR_PATH` (ENTITY may be several: `produits,ventes`), or a URL or path alone. A "=" inside a URL or path is
 * not taken for one. Throws SourceRefusal.
 */
export function parseSourceArgument(argument: string, cwd?: string): SourceArgument {
  const named = /^([\p{L}_,]+)=(.+)$/u.exec(argument);
  if (named === null) return { entities: undefined, source: sourceId(argument, cwd) };
  return { entities: parseEntities(named[1] as string), source: sourceId(named[2] as string, cwd) };
}

export const isFileSource = (source: string): boolean => source.startsWith("file:");

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** Somebody else's server is not asked more often than this. */
const LEAST_REMOTE_MS = 5_000;

/** Whether a URL is of a server on this machine. */
export const isLoopback = (source: string): boolean => LOOPBACK.test(new URL(source).hostname);

/** The shortest time between two looks (contract): none for paths and loopback, 5 s otherwise. */
export const leastEvery = (source: string): number =>
  isFileSource(source) || isLoopback(source) ? 0 : LEAST_REMOTE_MS;

export const pathOfSource = (source: string): string => fileURLToPath(source);
