/** Recognizes a file of several tables under each other. No single header tells what its columns mean, so it is refused. */
import { entityOfHeader, namedColumns } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";
import { withoutTrailingEmpty } from "../records/empty-fields.ts";
import { type HeadRecord, SAMPLE } from "./head.ts";

/** So many lines of other widths before a header that comes again are another table, and no broken line. */
const LINES_OF_ANOTHER = 2;
const SHOWN = 5;
/** A line of more fields is no header of a table below another: it is not looked at closely. */
const MOST_COLUMNS = 500;

/**
 * Refuses a file in which another table stands under the one with this header: the header of another entity, or this
 * header again behind lines of other widths. `records`: those of the head, from the header on. Throws SourceRefusal
 * (several_tables).
 */
export function refuseSeveralTables(header: HeadRecord, records: Iterable<HeadRecord>): void {
  const names = withoutTrailingEmpty(header.fields ?? []);
  const entity = entityOfHeader(names);
  const lines: number[] = [];
  let others = 0;
  let n = 0;
  for (const { fields = [], line } of records) {
    if (line <= header.line) continue;
    if (n++ === SAMPLE) break;
    const cells = withoutTrailingEmpty(fields);
    const isAgain = cells.length === names.length && cells.every((cell, i) => cell === names[i]);
    if (isAgain ? others >= LINES_OF_ANOTHER : isHeaderOfAnother(cells, entity)) lines.push(line);
    others = isAgain || fields.length === header.fields?.length ? 0 : others + 1;
  }
  if (lines.length === 0) return;
  const shown = [header.line, ...lines].slice(0, SHOWN).join(", ");
  throw new SourceRefusal("source.several_tables", lines.length < SHOWN ? shown : `${shown}, …`);
}

const isHeaderOfAnother = (cells: readonly string[], entity: string | undefined): boolean => {
  if (cells.length < 2 || cells.length > MOST_COLUMNS || namedColumns(cells) < 2) return false;
  const found = entityOfHeader(cells);
  return found !== undefined && found !== entity;
};
