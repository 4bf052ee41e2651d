/**
 * Tells a database from its copy. A copy that is opened beside the original would take its consumer group, and each of
 * the two would get a part of the events. So the database remembers its file: a copy is another file.
 */
import { statSync } from "node:fs";
import type { Sqlite } from "./sqlite.ts";

/**
 * The inode of a file and its time of birth in nanoseconds, as `inode:birth`. A rename keeps both; a copy has others,
 * also when another file system gives it the same inode. `birth` is empty where the file system has none and answers
 * with the time of the last change.
 */
function placeOf(file: string): string {
  const { ino, birthtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return `${ino}:${birthtimeNs === ctimeNs ? "" : birthtimeNs}`;
}

function isSame(known: string, now: string): boolean {
  const [ino, birth] = known.split(":");
  const [inoNow, birthNow] = now.split(":");
  return ino === inoNow && (birth === birthNow || birth === "" || birthNow === "");
}

/**
 * Gives the open database of `file` the id `id` when it has none, or when it is a copy: its file is not the one in
 * which it was opened last.
 */
export function giveId(db: Sqlite, file: string, id: string): void {
  const known = db.prepare("SELECT value FROM meta WHERE key = 'place'").pluck();
  const now = placeOf(file);
  const before = known.get() as string | undefined;
  if (before === now || (before !== undefined && isSame(before, now) && now.endsWith(":"))) return;
  const put = db.prepare("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  const putNew = db.prepare("INSERT INTO meta VALUES ('database', ?) ON CONFLICT DO NOTHING");
  db.transaction(() => {
    // Another process may have opened it in the meantime.
    const last = known.get() as string | undefined;
    if (last === undefined || isSame(last, now)) putNew.run(id);
    else put.run("database", id);
    put.run("place", now);
  }).immediate();
}
