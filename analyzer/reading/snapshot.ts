/**
 * One snapshot of ventes.db and columns.db together: the sums of columns.db as of its commit, and the rows of ventes.db
 * as of the same one. columns.db is committed just before ventes.db, so of two snapshots that are opened one after the
 * other the second may be newer; they are then opened again.
 */
import { existsSync } from "node:fs";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import { columnsFile, openColumnsReader } from "../columns/columns-db.ts";
import { NotReadable } from "./reading.ts";

export interface Snapshot {
  readonly ventes: Sqlite;
  readonly columns: Sqlite;
  /** The commit of the figures, and when the analyses reached it. */
  readonly commit: number;
  readonly reached: string | null;
  /** The newest commit of ventes.db. */
  readonly newest: number;
  /** Changes are noted since; null: all of them. */
  readonly since: string | null;
}

export interface Connections {
  /** Runs `read` in one snapshot. Throws NotReadable. */
  readonly reading: <A>(read: (snapshot: Snapshot) => A) => A;
  /** One snapshot, until `close`. Throws NotReadable. */
  readonly hold: () => Snapshot;
  readonly close: () => void;
}

export const NO_DATABASE = () =>
  new NotReadable({
    fr: "il n'y a pas encore de base : lancez ventes start, puis redemandez",
    en: "there is no database yet: run ventes start, then ask again",
  });
const NOT_READY = () =>
  new NotReadable({
    fr: "les chiffres se préparent : redemandez dans quelques secondes",
    en: "the figures are being prepared: ask again in some seconds",
  });

/** Snapshots are opened again so often when a commit comes in between. */
const TRIES = 20;

/** The connections to the databases of a directory, which are opened at the first use. */
export function connectionsTo(dir: string): Connections {
  let opened: Opened | undefined;
  const close = () => {
    opened?.ventes.close();
    opened?.columns.close();
    opened = undefined;
  };
  const hold = (): Snapshot => {
    for (let tried = 0; tried < TRIES; tried++) {
      opened ??= open(dir);
      const snapshot = begin(opened);
      if (typeof snapshot === "object") return snapshot;
      end(opened);
      // The file may have been deleted and created again.
      if (snapshot === "behind") close();
    }
    throw NOT_READY();
  };
  return {
    close,
    hold,
    reading: (read) => {
      const snapshot = hold();
      try {
        return read(snapshot);
      } finally {
        if (opened !== undefined) end(opened);
      }
    },
  };
}

interface Opened {
  readonly ventes: Sqlite;
  readonly columns: Sqlite;
  readonly database: string;
}

function open(dir: string): Opened {
  if (!existsSync(ventesFile(dir))) throw NO_DATABASE();
  if (!existsSync(columnsFile(dir))) throw NOT_READY();
  const ventes = openVentesReader(dir);
  try {
    return { ventes, columns: openColumnsReader(dir), database: databaseId(ventes) };
  } catch (error) {
    ventes.close();
    throw error;
  }
}

function begin({ ventes, columns, database }: Opened): Snapshot | "behind" | "again" {
  ventes.exec("BEGIN");
  columns.exec("BEGIN");
  const { progress, newest } = ventes
    .prepare(`
      SELECT commit_id AS progress, MAX(commit_id, IFNULL((SELECT MAX(commit_id) FROM commits), 0)) AS newest FROM progress`)
    .get() as { progress: number; newest: number };
  const state = columns.prepare("SELECT database, commit_id, at, since FROM state").get() as
    | { database: string; commit_id: number; at: string; since: string | null }
    | undefined;
  if (state === undefined || state.database !== database || state.commit_id < progress) return "behind";
  if (state.commit_id > newest) return "again";
  const { commit_id: commit, at, since } = state;
  return { ventes, columns, commit, reached: commit === 0 ? null : at, newest, since };
}

function end({ ventes, columns }: Opened): void {
  for (const db of [ventes, columns]) if (db.inTransaction) db.exec("COMMIT");
}
