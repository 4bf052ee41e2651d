/** A file as somebody publishes it, and what is expected of it. */
import type { Asked } from "../files.ts";

export interface OddFile {
  readonly name: string;
  readonly content: string | Buffer;
  readonly asked?: Asked;
  /** The code of the refusal; then nothing else is expected. */
  readonly refused?: string;
  /** What was decided; what is not named is not compared, but for what is usual (see odd-files.test.ts). */
  readonly decided?: {
    readonly encoding?: string;
    readonly delimiter?: string;
    readonly quote?: string | null;
    readonly escape?: string | null;
    readonly lineEnd?: string;
    readonly comment?: string | null;
    readonly headerLine?: number;
    readonly header?: readonly string[];
    readonly entities?: readonly string[];
  };
  /** Line and fields. */
  readonly records?: readonly (readonly [number, ...string[]])[];
  /** Line and code. */
  readonly rejects?: readonly (readonly [number, string])[];
  /** Codes, in order. */
  readonly notes?: readonly string[];
}

/** Lines, each with its line end. */
export const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join("");

export const SHOP = "id_magasin,ville,note";
export const PARIS = [2, "1", "Paris", "x"] as const;
