/** The decoders of a source: one for each entity that it publishes. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { fieldNamed, mapEntities } from "../header/index.ts";
import { checkOptions } from "./columns/options.ts";
import { SALE_KEY } from "./columns/rekey.ts";
import { Decoder, type DecoderOptions } from "./decoder.ts";

export interface DecodersOptions extends Omit<DecoderOptions, "key" | "late"> {
  readonly entities: readonly EntityName[];
}

/**
 * One decoder for each entity of the source, parents first; a file of one entity has one. A record that one of them
 * sets aside is set aside whole. Throws SourceRefusal (identity_changed, id_lost, and what options name that is not
 * there).
 */
export function decodersOf(o: DecodersOptions): readonly Decoder[] {
  checkOptions(o.options ?? {}, o.header, o.entities);
  // An id that comes after the first version is data: the sales have their ids already. So it is when other columns
  // were said to identify them.
  const { identity } = o;
  const key = keyColumns(o);
  const late =
    o.entities.includes("ventes") &&
    (identity === null ? key !== undefined && !key.includes(SALE_KEY) : !identity.includes(SALE_KEY));
  const wide = mapEntities(o.header, o.entities, o.options, late ? SALE_KEY : undefined);
  const last = wide.mappings.at(-1)?.entity;
  return wide.mappings.map(
    (mapping) =>
      new Decoder(mapping, mapping.entity === last ? wide.extras : [], {
        ...o,
        key: mapping.entity === last ? key : undefined,
        late,
      }),
  );
}

/** The columns of --key: canonical where the header names one, else as the header names it. */
function keyColumns({ options, header, entities }: DecodersOptions): readonly string[] | undefined {
  if (options?.key === undefined || options.key.length === 0) return undefined;
  const { mappings } = mapEntities(header, entities, options);
  return options.key.map((name) => {
    for (const { sources } of mappings.toReversed()) {
      if (sources.has(name)) return name;
      const at = fieldNamed(header, name);
      for (const [column, source] of sources) if ("at" in source && source.at === at) return column;
    }
    return header[fieldNamed(header, name)]?.normalize("NFC").trim() ?? name;
  });
}
