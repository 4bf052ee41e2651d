/** What a source states of each key, from its events: for a read-back. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { entityNamed } from "#shared/contract/entities/index.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { ClaimKey } from "../diff/index.ts";
import {
  encodeHeld,
  fingerprintRow,
  heldKey,
  partOf,
  print,
  restOf,
  STATE_PARTS,
  type State,
  TIME_NAMES,
} from "../diff/index.ts";
import { type Image, mergeImage } from "./image.ts";
import { dayOfSale } from "./source-events.ts";

/** Computes the images of all claims of an entity in a scratch database, so that memory does not grow with the file. */
export class Images {
  readonly #db: Sqlite;
  readonly #get;
  readonly #put;
  readonly #remove;
  readonly #removeOtherKind;

  constructor(db: Sqlite) {
    this.#db = db;
    db.exec(`CREATE TABLE images (part INTEGER, key TEXT, ordinal INTEGER, dated TEXT, image TEXT,
      PRIMARY KEY (part, key, ordinal, dated)) WITHOUT ROWID`);
    this.#get = db
      .prepare("SELECT image FROM images WHERE part = ? AND key = ? AND ordinal = ? AND dated = ?")
      .pluck();
    this.#put = db.prepare("INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?)");
    this.#remove = db.prepare("DELETE FROM images WHERE part = ? AND key = ? AND ordinal = ? AND dated = ?");
    this.#removeOtherKind = db.prepare(
      "DELETE FROM images WHERE part = ? AND key = ? AND (dated = '') <> (? = '')",
    );
  }

  put({ key, ordinal, dated }: ClaimKey, event: Image, dates: boolean): void {
    const text = this.#get.get(partOf(key), key, ordinal, dated) as string | undefined;
    const { row, extras } = event;
    const image = text === undefined ? { row, extras } : mergeImage(JSON.parse(text) as Image, event);
    if (dates) this.#removeOtherKind.run(partOf(key), key, dated);
    this.#put.run(partOf(key), key, ordinal, dated, JSON.stringify(image));
  }

  remove({ key, ordinal, dated }: ClaimKey): void {
    this.#remove.run(partOf(key), key, ordinal, dated);
  }

  /** Writes all rows of the entity into the state, part by part. A row that was there keeps its place. */
  *store(state: State, id: number, entity: EntityName, columns: readonly string[]): Generator<void, void> {
    const keep = new Set([...columns, ...TIME_NAMES]);
    const { key: keyColumn } = entityNamed(entity);
    const ofPart = this.#db.prepare("SELECT key, ordinal, dated, image FROM images WHERE part = ?");
    for (let part = 0; part < STATE_PARTS; part++) {
      const places = new Map(
        state.held(id, entity, part).map(({ key, ordinal, place }) => [`${ordinal} ${key}`, place]),
      );
      const rows = (ofPart.all(part) as (ClaimKey & { image: string })[]).map(({ image, ...claim }) => {
        const { row, extras } = JSON.parse(image) as Image;
        fingerprintRow(
          entity,
          claim.ordinal,
          row,
          restOf(row, extras, keyColumn, (name) => keep.has(name)),
        );
        const { a, b } = print;
        const key = heldKey(claim.key, claim.ordinal);
        return {
          ...claim,
          key,
          a,
          b,
          day: dayOfSale(entity, row),
          place: places.get(`${claim.ordinal} ${key}`) ?? 0,
        };
      });
      if (rows.length > 0 || places.size > 0) state.putHeld(id, entity, part, encodeHeld(rows));
      yield;
    }
  }

  close(): void {
    this.#db.close();
  }
}
