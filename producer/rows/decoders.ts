/** Makes the decoders of a source: one for each entity that it publishes. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { extraAt, fieldNamed, foldHeader, mapEntities, type WideMapping } from "../header/index.ts";
import { isOfCurrencies } from "./columns/currencies.ts";
import { clearedOf, leftOut, type PublishedBefore } from "./columns/left-out.ts";
import { checkOptions } from "./columns/options.ts";
import { SALE_KEY } from "./columns/rekey.ts";
import { Decoder } from "./decoder.ts";
import type { DecoderOptions } from "./decoder-options.ts";

export interface DecodersOptions extends Omit<DecoderOptions, "key" | "late"> {
  readonly entities: readonly EntityName[];
  /** What its last version published; undefined: nothing. */
  readonly before?: PublishedBefore | undefined;
}

/**
 * Makes one decoder for each entity of the source, parents first. A record that one of them rejects is rejected as a
 * whole. Throws SourceRefusal (identity_changed, id_lost, unknown_column, unknown_field, key_of_several).
 */
export function decodersOf(asked: DecodersOptions): readonly Decoder[] {
  const o = wellFormed(asked);
  checkOptions(o.options ?? {}, o.header, o.entities);
  // A column of ids that comes after the first version is data, because the sales have their ids already. It is data
  // also when --key names other columns.
  const { identity } = o;
  const key = keyColumns(o);
  const late =
    o.entities.includes("ventes") &&
    (identity === null ? key !== undefined && !key.includes(SALE_KEY) : !identity.includes(SALE_KEY));
  const wide = mapEntities(o.header, o.entities, o.options, late ? SALE_KEY : undefined);
  const last = wide.mappings.at(-1)?.entity;
  const { extras, hidden, cleared } = publishedExtras(o, wide, key);
  return wide.mappings.map(
    (mapping) =>
      new Decoder(mapping, mapping.entity === last ? extras : [], {
        ...o,
        hidden,
        cleared,
        key: mapping.entity === last ? key : undefined,
        late,
      }),
  );
}

/** The extras to read, and those of them that are not published or are published as empty. */
function publishedExtras(
  { header, options = {}, identity, before }: DecodersOptions,
  wide: WideMapping,
  key: readonly string[] | undefined,
): { readonly extras: readonly number[] } & Required<Pick<DecoderOptions, "hidden" | "cleared">> {
  const { fields } = leftOut(header, wide, options);
  const identifying = new Set(identity ?? key);
  const isRead = (at: number): boolean => {
    const extra = extraAt(wide.mappings.at(-1), at);
    const isOfIds = extra !== undefined && identifying.has(extra);
    return isOfIds || isOfCurrencies(foldHeader(header[at] ?? ""));
  };
  const cleared = clearedOf(header, fields, before);
  const hidden = new Set([...fields].filter((at) => !cleared.has(at) && isRead(at)));
  const extras = wide.extras.filter((at) => !fields.has(at) || hidden.has(at) || cleared.has(at));
  return { extras, hidden, cleared };
}

/**
 * The options without halves of characters, which a request through HTTP may have. UTF-8 cannot hold them: the key of a
 * record would be another text than the id in its event.
 */
function wellFormed(o: DecodersOptions): DecodersOptions {
  const { options = {}, idScope } = o;
  const set = Object.entries(options.set ?? {}).map(([name, value]) => [name, value.toWellFormed()]);
  return {
    ...o,
    options: { ...options, ...(options.set === undefined ? {} : { set: Object.fromEntries(set) }) },
    idScope: idScope?.toWellFormed(),
  };
}

/** The columns of --key, by their canonical names if they have one, else by their names in the header. */
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
