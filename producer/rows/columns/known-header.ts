/** What the header of the last announced version meant, from its announcement. */
import { ventes } from "#shared/contract/entities/index.ts";
import type { Announcement, ReadingOptions } from "#shared/contract/source-records.ts";
import { foldHeader, type KnownHeader, mapEntities, placesOf } from "../../header/index.ts";

/** undefined: the source has announced no header. */
export function knownHeader(
  announced: Announcement | undefined,
  options: ReadingOptions,
): KnownHeader | undefined {
  const { header, reading, identity = null, entities = [] } = announced ?? {};
  if (header == null) return undefined;
  if (reading?.places !== undefined) return { header, places: reading.places };
  // Announcements without places are of a time when names alone told the columns, and when the number of a document
  // was an id of sales.
  const places = { ...placesOf(mapEntities(header, entities, options).mappings) };
  for (const { name } of ventes.extras) delete places[name];
  if (identity?.includes(ventes.key) === true && places[ventes.key] === undefined) {
    const folded = header.map(foldHeader);
    const at = FORMER_IDS.map((name) => folded.indexOf(name)).find((i) => i >= 0);
    if (at !== undefined) places[ventes.key] = at;
  }
  return { header, places };
}

/** Names of documents that were names of ids, first to last. */
const FORMER_IDS: readonly string[] = [
  "orderid",
  "ordernumber",
  "idcommande",
  "numcommande",
  "numerocommande",
  "transactionid",
  "idtransaction",
  "ticket",
  "numticket",
  "idticket",
  "numeroticket",
];
