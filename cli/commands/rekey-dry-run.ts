/** `ventes sources add --rekey --dry-run`: shows which sales would get new ids, and what they are worth. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { type RegisterOptions, rekeyDryRun, type SourceError } from "../../producer/admin/index.ts";
import { print, printJson } from "../output/stdout.ts";
import { openForReading } from "../run/database.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { RekeyCounter, type RekeyFigures } from "../run/rekey-figures.ts";
import { inScratch } from "../run/scratch.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { frenchMoney } from "../texts/numbers.ts";
import { visible, visibleSource } from "../texts/visible.ts";

/** Whether the source is registered. If not, it prints nothing. Fails with what would hold the version back. */
export const showRekey = (
  source: string,
  options: RegisterOptions,
  run: Invocation,
): Effect.Effect<boolean, SourceError | DatabaseError | PublishFailure | Failed> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { texts, settings } = run;
      const db = existsSync(ventesFile(settings.data)) ? yield* openForReading(run) : null;
      // All figures are of one moment.
      db?.exec("BEGIN");
      let counter = new RekeyCounter(db, source);
      const listenerOf = (id: string) => {
        counter = new RekeyCounter(db, id);
        return counter;
      };
      const dryRun = rekeyDryRun(source, options, listenerOf);
      const found = yield* onLog(run, SHORT_WAIT_MS)(inScratch(run, dryRun));
      if (found === undefined) return false;
      const { preview } = found;
      const { figures } = counter;
      if (run.json)
        printJson({
          source: found.source,
          rekey: preview === undefined ? null : { ...preview, ...figures },
          dryRun: true,
        });
      else
        print(
          [
            ...(preview === undefined
              ? [texts.noNewIds(visibleSource(found.source))]
              : [
                  texts.wouldRekey({
                    source: visibleSource(found.source),
                    deleted: texts.count(preview.deleted),
                    fresh: texts.count(preview.fresh),
                  }),
                  ...some(preview.changed, texts.rekeyChanged, run),
                  ...some(preview.kept, texts.rekeyKept, run),
                  ...amountLines(figures, run),
                ]),
            texts.nothingWritten(),
          ].join("\n"),
        );
      const [doubt] = preview?.held ?? [];
      if (doubt !== undefined) return yield* new Failed({ message: visible(texts.wouldHold(doubt.says)) });
      return true;
    }),
  );

const some = (count: number, text: (n: string) => string, { texts }: Invocation): string[] =>
  count === 0 ? [] : [text(texts.count(count))];

function amountLines({ before, after, total }: RekeyFigures, run: Invocation): string[] {
  const { texts, settings } = run;
  const money = (value: number): string => frenchMoney(value, settings.currency);
  return [
    before === null
      ? texts.rekeyUnknown(money(after.amount))
      : texts.rekeyAmounts(money(before.amount), money(after.amount)),
    ...some(before?.missing ?? 0, texts.rekeyMissing, run),
    ...some(before?.waiting ?? 0, texts.rekeyWaited, run),
    ...some(before?.shared ?? 0, texts.rekeyStay, run),
    ...some(after.waiting, texts.rekeyWaits, run),
    ...some(after.unpriced, texts.rekeyUnpriced, run),
    ...some(after.shared, texts.rekeyShared, run),
    ...(total === null ? [] : [texts.totalFromTo(money(total.now), money(total.after))]),
  ];
}
