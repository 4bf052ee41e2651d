/** A short CSV, whole in memory: a list of sources, not the rows of one. */
import { parse } from "csv-parse/sync";

/** Its records. Blank lines and lines that begin with `#` are none. Throws what csv-parse says. */
export const parseList = (text: string, delimiter: string): readonly (readonly string[])[] =>
  parse(text, {
    delimiter,
    bom: true,
    comment: "#",
    comment_no_infix: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
