/** The messages between the process that answers SQL and the one that asks. The asker pulls: an answer for each `Ask`. */

/** A value as SQLite gives it, integers as bigint. */
export type SqlValue = string | number | bigint | Buffer | null;

export interface Job {
  readonly file: string;
  readonly statements: readonly string[];
  /** The memory that the query may take, in bytes. */
  readonly memoryBytes: number;
  /** The largest row, in bytes. */
  readonly rowBytes: number;
  /** How long the answering process waits to be asked for more, in milliseconds, before it ends its read transaction. */
  readonly stallMs: number;
  /** How long it waits, in milliseconds, while tables that the query names are between two states. */
  readonly waitMs: number;
}

export type Ask = { readonly job: Job } | "more";

export type Answer =
  /** The next statement has rows with these columns. */
  | { readonly is: "columns"; readonly names: readonly string[] }
  | { readonly is: "rows"; readonly rows: readonly (readonly SqlValue[])[] }
  /** The statement has no more rows. */
  | { readonly is: "end" }
  | { readonly is: "done" }
  | {
      readonly is: "failed";
      readonly reason: "sql" | "writes" | "memory" | "rowSize" | "stalled" | "unfinished";
      readonly detail: string;
      /** The name that the query meant, where it has one that does not exist. */
      readonly near?: string;
    };
