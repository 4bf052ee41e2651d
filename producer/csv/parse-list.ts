/** Reads a short CSV that is whole in memory: a list of sources, not the rows of a source. */
import { parse } from "csv-parse/sync";

/** The records of the list, without blank lines and lines that begin with `#`. Throws csv-parse's error. */
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
