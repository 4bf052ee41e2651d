/** All records that cannot be read, with sentences in a language. */
import { parseDetails, sentenceOf } from "#shared/contract/sentences.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { RejectLine } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";

interface Row {
  readonly rowid: number;
  readonly entity: string;
  readonly source: string;
  readonly line: number | null;
  readonly code: string;
  readonly details: string;
  readonly raw: string;
}

/** Raw texts may be long. */
const PAGE = 100;

export function* eachReject(
  { ventes }: Pick<Snapshot, "ventes">,
  language: Language,
): Generator<readonly RejectLine[], void, void> {
  const page = ventes.prepare(`
    SELECT rowid, entity, source, line, code, details, raw FROM rejets WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`);
  for (let after = 0; ; ) {
    const rows = page.all(after) as Row[];
    yield rows.map(({ rowid: _, details, source, ...row }) => ({
      ...row,
      source: masked(source),
      sentence: sentenceOf(row.code, parseDetails(details), language),
    }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.rowid;
  }
}
