/** Recognizes the entity of a header, when the operator does not name it. */
import type { Entity, EntityName } from "#shared/contract/entities/index.ts";
import { ENTITIES, entityNamed } from "#shared/contract/entities/index.ts";
import { isAmount } from "./amounts.ts";
import { type Mapping, mapHeader } from "./mapping.ts";
import type { HeaderOptions } from "./match-columns.ts";
import { foldHeader } from "./names.ts";

/** A date by its name. `date` alone also ends `update`, and begins the dates of a list of products. */
const DATE = /^date|(?<!up)date$|datetime|^(?:jour|day|datum|fecha)|(?:datum|fecha)$|horodat|timestamp/;
const NO_DATE_OF_SALES =
  /effet|effective|valid|valable|applica|vigueur|price|prix|tarif|debut|fin$|start|end|creat|crea|ajout|added|modif|maj|misea|update|chang|peremption|expir|dlc|ddm|naissance|birth|ouverture|open|fermeture|clos|livraison|reappro|stock|inventaire|publi|lancement|launch|sortie|release|parution|fabrication/;

/**
 * Whether a header is one of sales, even if it lacks some of their columns. It has a quantity, and beside it a date or an
 * amount; or a date beside a product, a shop, a price or an amount, unless the date is that from which a price holds. A list of
 * products may have a quantity, of its stock, and dates of its own (created, updated), and neither of these.
 */
export function isOfSales(header: readonly string[], options: HeaderOptions = {}): boolean {
  const has = (entity: EntityName) => {
    const { sources } = mapHeader(header, entityNamed(entity), options);
    return (column: string): boolean => "at" in (sources.get(column) ?? {});
  };
  const sale = has("ventes");
  const hasAmount = sale("chiffre_affaires") || header.some(isAmount);
  const hasDate = sale("date_vente") || header.some(isDateOfSales);
  if (sale("quantité")) return hasDate || hasAmount;
  const product = has("produits");
  const says = sale("id_produit") || sale("id_magasin") || product("nom") || product("prix") || hasAmount;
  return hasDate && says && !product("date_effet");
}

const isDateOfSales = (name: string): boolean => {
  const folded = foldHeader(name);
  return DATE.test(folded) && !NO_DATE_OF_SALES.test(folded);
};

const NAMES: ReadonlySet<string> = new Set(
  ENTITIES.flatMap(({ columns }) => columns.flatMap(({ name, aliases }) => [foldHeader(name), ...aliases])),
);

/** How many fields of a record are names of columns. */
export const namedColumns = (fields: readonly string[]): number =>
  fields.filter((field) => NAMES.has(foldHeader(field))).length;

/**
 * The entity of a header: the one with the most required columns, if all of them are present. A file of products must
 * also have a name or a price, because otherwise any list of references would be one. A header of sales that lacks a
 * column of theirs is no other entity. Whether a header of sales is a wide one is found in its lines. undefined: it fits no
 * entity.
 */
export function recognizeHeader(header: readonly string[], options: HeaderOptions = {}): Mapping | undefined {
  const candidates = ENTITIES.map((entity) => ({
    entity,
    mapping: mapHeader(header, entity, options),
  })).filter(({ entity, mapping }) => {
    // Values that the operator gives to every record do not show the entity.
    const published = [...mapping.sources.values()].filter((source) => !("value" in source)).length;
    if (mapping.missing.length > 0 || mapping.unknown.length > 0 || published === 0) return false;
    return entity.name !== "produits" || mapping.sources.size > 1;
  });
  const required = (e: Entity) => e.columns.filter((c) => c.required).length;
  candidates.sort((a, b) => required(b.entity) - required(a.entity));
  const found = candidates[0]?.mapping;
  return found?.entity !== "ventes" && isOfSales(header, options) ? undefined : found;
}

/** The entity of a header, also of sales that lack a column. */
export const entityOfHeader = (header: readonly string[]): EntityName | undefined =>
  recognizeHeader(header)?.entity ?? (isOfSales(header) ? "ventes" : undefined);

/** Every canonical column and named extra of these entities, each once. */
export const columnNames = (names: readonly EntityName[]): readonly string[] => [
  ...new Set(
    names.map(entityNamed).flatMap(({ columns, extras }) => [...columns, ...extras].map(({ name }) => name)),
  ),
];
