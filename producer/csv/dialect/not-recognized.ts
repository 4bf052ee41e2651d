/** The refusal of a header that has not the columns of an entity. */
import { ENTITY_NAMES, type EntityName } from "#shared/contract/entities/index.ts";
import { fieldNamed, isOfSales, mapEntities, type ReadAs, shownHeader } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

/**
 * Says why a header is refused: a column that --map names is not in it, or columns are missing. `said`: the entities
 * that the operator named.
 */
export function notRecognized(
  header: readonly string[],
  said: readonly EntityName[] | undefined,
  options: ReadAs,
): SourceRefusal {
  const absent = Object.values(options.map ?? {}).find(
    (field) => field.trim() !== "" && fieldNamed(header, field) < 0,
  );
  if (absent !== undefined)
    return new SourceRefusal("source.unknown_field", `--map ${absent}`, shownHeader(header));
  const read =
    said === undefined
      ? ENTITY_NAMES.flatMap((name) => mapEntities(header, [name], options).mappings)
      : mapEntities(header, said, options).mappings;
  if ((said === undefined || (said.length === 1 && said[0] === "ventes")) && isOfSales(header, options))
    return new SourceRefusal(
      "source.sales_lack",
      shownHeader(header),
      [...new Set(read.flatMap(({ entity, missing }) => (entity === "ventes" ? missing : [])))].join(", "),
    );
  const lacking = read.filter(({ missing }) => missing.length > 0);
  return new SourceRefusal(
    "source.no_key_columns",
    shownHeader(header),
    said?.length === 1
      ? lacking.flatMap(({ missing }) => missing).join(", ")
      : lacking.map(({ entity, missing }) => `${entity} (${missing.join(", ")})`).join(" / "),
  );
}
