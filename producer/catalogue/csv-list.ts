/**
 * A CSV list: `entity,url`, with or without a header. With a header, the columns may be in any order, and further
 * columns are options. The first line distinguishes it from a text list: it has a column with a known name, or an entity
 * before a second field. A file of sales, products or shops is refused as `catalogue.not_a_list`.
 */

import { isEntityName } from "#shared/contract/entities/index.ts";
import { parseList } from "../csv/index.ts";
import { entityOfHeader, foldHeader } from "../header/index.ts";
import { BOUNDS, SourceRefusal } from "../source/index.ts";
import { ENTITY_NAMES_OF_LISTS, type Listed, type Listing, REFERENCE_NAMES } from "./listing.ts";
import { isOptionName } from "./options.ts";

const DELIMITERS = [",", ";", "\t", "|"];

/** undefined: the text is no CSV list. Throws SourceRefusal. */
export function readCsvList(text: string): Listing | undefined {
  const first = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== "" && !line.trim().startsWith("#"));
  // No line of a list is longer, and each delimiter is tried on it.
  if (first === undefined || first.length > BOUNDS.headerChars) return undefined;
  for (const delimiter of DELIMITERS) {
    const fields = fieldsOf(first, delimiter);
    if (fields.length > BOUNDS.columns)
      throw new SourceRefusal("catalogue.bad_csv", `${fields.length} > ${BOUNDS.columns}`);
    const is = entityOfHeader(fields);
    if (is !== undefined) throw new SourceRefusal("catalogue.not_a_list", is);
    const names = fields.map(foldHeader);
    const at = names.findIndex((name) => REFERENCE_NAMES.has(name));
    if (at >= 0) return withHeader(parsed(text, delimiter).slice(1), fields, at);
    if (fields.length > 1 && isEntityName(fields[0]?.normalize("NFC").toLowerCase() ?? ""))
      return {
        form: "csv",
        listed: parsed(text, delimiter).map(([entity = "", reference = ""]) => listed(reference, entity, {})),
        ignored: [],
      };
  }
  return undefined;
}

function withHeader(
  records: readonly (readonly string[])[],
  header: readonly string[],
  reference: number,
): Listing {
  const entity = header.findIndex((name) => ENTITY_NAMES_OF_LISTS.has(foldHeader(name)));
  const others = header
    .map((name, at) => ({ name, at }))
    .filter(({ at }) => at !== reference && at !== entity);
  const options = others.filter(({ name }) => isOptionName(name));
  return {
    form: "csv",
    listed: records.map((fields) =>
      listed(
        fields[reference] ?? "",
        fields[entity] ?? "",
        Object.fromEntries(
          options.flatMap(({ name, at }) => {
            const value = fields[at] ?? "";
            return value === "" ? [] : [[name, value]];
          }),
        ),
      ),
    ),
    ignored: others.filter(({ name }) => name !== "" && !isOptionName(name)).map(({ name }) => name),
  };
}

const listed = (reference: string, entity: string, options: Listed["options"]): Listed => ({
  reference,
  isPath: true,
  entity: entity === "" ? undefined : entity,
  options,
});

/** The fields of a line; none if the line is not CSV. */
function fieldsOf(line: string, delimiter: string): readonly string[] {
  try {
    return parseList(line, delimiter)[0] ?? [];
  } catch {
    return [];
  }
}

function parsed(text: string, delimiter: string): readonly (readonly string[])[] {
  try {
    return parseList(text, delimiter);
  } catch (error) {
    throw new SourceRefusal("catalogue.bad_csv", error instanceof Error ? error.message : String(error));
  }
}
