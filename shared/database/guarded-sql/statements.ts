/** Splits SQL text into statements, because better-sqlite3 prepares one at a time, and tells which of them only read. */

/** A quoted string or name, a comment, a semicolon, or any other character. */
const TOKEN =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|[\s\S]/g;

/** The statements of a text, without those that are only white space and comments. */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let current = "";
  let hasContent = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ";") {
      if (hasContent) statements.push(current);
      current = "";
      hasContent = false;
      continue;
    }
    current += token;
    if (!/^(\s|--|\/\*)/.test(token)) hasContent = true;
  }
  if (hasContent) statements.push(current);
  return statements;
}

const READING = new Set(["SELECT", "WITH", "VALUES", "EXPLAIN"]);

/** Pragmas that tell something: with a name, and without. The latter, with a value, would change what they tell. */
const NAMING_PRAGMAS = new Set(
  "foreign_key_check foreign_key_list index_info index_list index_xinfo table_info table_list table_xinfo".split(
    " ",
  ),
);
const TELLING_PRAGMAS = new Set(
  `application_id collation_list compile_options data_version database_list encoding foreign_key_check freelist_count
   function_list integrity_check module_list page_count page_size pragma_list quick_check schema_version table_list
   user_version`.split(/\s+/),
);

/**
 * What stands at the beginning of a statement that may do more than read (`ATTACH`, `VACUUM`, `PRAGMA journal_mode`);
 * undefined: it reads. This is an addition to a read-only connection, which alone would let `VACUUM INTO` write a file
 * and `ATTACH` read one.
 */
export function notReading(statement: string): string | undefined {
  const text = statement.replace(/^(?:\s|\ufeff|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/, "");
  const [, first = "", rest = ""] = /^(\w*)\s*(\w*)/.exec(text) ?? [];
  const verb = first.slice(0, 40).toUpperCase();
  if (READING.has(verb)) return undefined;
  if (verb !== "PRAGMA") return verb === "" ? text.slice(0, 1) : verb;
  const [, name = "", given] = /^PRAGMA\s+(?:\w+\s*\.\s*)?(\w+)\s*(\([^()]*\))?\s*$/i.exec(text) ?? [];
  const reading = given === undefined ? TELLING_PRAGMAS : NAMING_PRAGMAS;
  return reading.has(name.toLowerCase()) ? undefined : `PRAGMA ${rest}`;
}
