/** What a look at a source brings: nothing new, or one state of it as a file of the spool. */

/** How a version is known again without reading it. What a source does not give is null. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Of a path: mtime, size and inode. */
  readonly stat: string | null;
  /** SHA-256 of the content, in hex. */
  readonly hash: string;
  /** Of Content-Type. */
  readonly charset?: string | null;
  /** True when the last line was left because it had no line end yet: another way of reading would see more. */
  readonly left: boolean;
}

/**
 * What a request may reach (invariant 10). `operator`: an operator named it; it may be private, and redirects lead to
 * its own origin or to public addresses. `discovered`: found in a document or named through HTTP; public addresses
 * only, from the first on.
 */
export type Trusted = "operator" | "discovered";

export type Fetched = (
  | { readonly kind: "unchanged"; readonly validators: Validators }
  | {
      readonly kind: "content";
      /** To be removed by whoever reads it. */
      readonly file: string;
      readonly bytes: number;
      /** Where it was found at last, after redirects: what links in it are relative to. */
      readonly url: string;
      readonly validators: Validators;
    }
  | {
      /** The version before, and more. */
      readonly kind: "grown";
      readonly file: string;
      /** Byte of the file at which the wanted tail begins. */
      readonly start: number;
      /** Whether the file is the whole content. */
      readonly whole: boolean;
      readonly bytes: number;
      readonly validators: Validators;
    }
) & {
  /** How long the server says that this answer is fresh (Cache-Control), in milliseconds; null: it says nothing. */
  readonly freshMs: number | null;
};

/** Names a whole content. */
export const contentHash = (validators: Validators): string => validators.hash;

/** Largest content of a source, after decompression. */
export const MAX_BYTES = 20 * 1024 ** 3;
