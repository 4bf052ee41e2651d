/**
 * A JSON list: an array of URLs or of `{ "url", "entity", ...options }`; an object with that array as `sources`; or a
 * datapackage.json (Frictionless), of whose resources the entries are those in CSV.
 */
import { foldHeader } from "../header/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { ENTITY_NAMES_OF_LISTS, type Listed, type Listing, REFERENCE_NAMES } from "./listing.ts";
import { isOptionName } from "./options.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws SourceRefusal. */
export function readJsonList(text: string): Listing {
  const document = parsed(text);
  if (isObject(document) && Array.isArray(document.resources)) return packageOf(document.resources);
  const entries = isObject(document) ? document.sources : document;
  if (!Array.isArray(entries))
    throw new SourceRefusal(
      "catalogue.bad_json",
      '["https://..."], {"sources": [...]}, {"resources": [...]}',
    );
  const ignored = new Set<string>();
  return {
    form: "json",
    listed: entries.map((entry, i) => listedOf(entry, i, ignored)),
    ignored: [...ignored],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SourceRefusal("catalogue.bad_json", error instanceof Error ? error.message : String(error));
  }
}

function listedOf(entry: unknown, index: number, ignored: Set<string>): Listed {
  if (typeof entry === "string") return listed(entry);
  if (!isObject(entry)) throw new SourceRefusal("catalogue.bad_json", `[${index}]`);
  let reference: unknown;
  let entity: unknown;
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entry)) {
    const folded = foldHeader(name);
    if (REFERENCE_NAMES.has(folded)) reference ??= value;
    else if (ENTITY_NAMES_OF_LISTS.has(folded)) entity = value;
    else if (isOptionName(name)) options[name] = value;
    else ignored.add(name);
  }
  if (
    typeof reference !== "string" ||
    !(entity === undefined || entity === null || typeof entity === "string")
  )
    throw new SourceRefusal("catalogue.bad_json", `[${index}]: {"url": "...", "entity": "..."}`);
  return listed(reference, entity ?? undefined, options);
}

const listed = (reference: string, entity?: string, options: Listed["options"] = {}): Listed => ({
  reference,
  isPath: true,
  entity,
  options,
});

const CSV_FORMATS = new Set(["csv", "tsv", "txt"]);

function packageOf(resources: readonly unknown[]): Listing {
  return {
    form: "json",
    listed: resources.flatMap((resource, index) => {
      if (!isObject(resource)) throw new SourceRefusal("catalogue.bad_json", `resources[${index}]`);
      const { path, format, encoding, dialect } = resource;
      // The resource has its data in the document, or in another format.
      if (path === undefined || (typeof format === "string" && !CSV_FORMATS.has(format.toLowerCase())))
        return [];
      const paths = Array.isArray(path) ? path : [path];
      if (paths.length === 0 || !paths.every((one) => typeof one === "string"))
        throw new SourceRefusal("catalogue.bad_json", `resources[${index}].path`);
      const options = {
        ...(typeof encoding === "string" ? { encoding } : {}),
        ...(isObject(dialect) && typeof dialect.delimiter === "string"
          ? { delimiter: dialect.delimiter }
          : {}),
      };
      return paths.map((one: string) => listed(one, undefined, options));
    }),
    ignored: [],
  };
}
