/** A source that an older reading of this program has read is read again once, by itself. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { registerSource } from "../admin/register.ts";
import { producerFile } from "../diff/state/producer-db.ts";
import { readSourcesOnce } from "../run.ts";
import { allEvents, openPipeline, type Pipeline, rowsOf } from "../testing/pipeline.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

/** Whether a poll reads the content of the source. */
const isRead = async () => {
  let read = false;
  await pipeline.run(
    readSourcesOnce({
      onProgress: ({ phase }) => {
        read ||= phase === "read";
      },
    }),
  );
  return read;
};

/** Makes the state one that an older reading left: it names no reading, and its row has another fingerprint. */
const age = () => {
  const db = new Database(producerFile(join(pipeline.dir, "data")));
  db.exec("UPDATE sources SET validators = json_remove(validators, '$.readBy')");
  db.exec("DELETE FROM held WHERE topic = 'produits'");
  db.close();
};

it("publishes what was read wrongly, and is unchanged from then on", async () => {
  const path = join(pipeline.dir, "p.csv");
  writeFileSync(path, "id_produit,nom,prix\nA,Apple\tred,5\n");
  await pipeline.run(registerSource(path));
  expect([await isRead(), await isRead()]).toEqual([true, false]);
  age();
  expect([await isRead(), await isRead()]).toEqual([true, false]);
  const rows = rowsOf(await pipeline.run(allEvents));
  expect(rows.map(({ event }) => event.kind === "row" && event.row.nom)).toEqual([
    "Apple\tred",
    "Apple\tred",
  ]);
});
