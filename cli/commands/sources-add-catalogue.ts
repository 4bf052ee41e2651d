/** `ventes sources add --catalogue`: registers a document that lists sources; with --dry-run shows what it lists. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import {
  type CatalogueInspection,
  inspectCatalogue,
  leastEvery,
  parseEntities,
  type RegisterCatalogueOptions,
  registerCatalogue,
} from "../../producer/admin/index.ts";
import { table } from "../output/rows.ts";
import { print, printJson } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { catalogueNamed, parsed } from "../run/register.ts";
import { inScratch } from "../run/scratch.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visible, visibleSource } from "../texts/visible.ts";

export interface AddCatalogue {
  readonly what: readonly string[];
  readonly dryRun: boolean;
  /** Options of each entry; those that are not given keep their registered values. */
  readonly options: RegisterCatalogueOptions;
}

/** How many entries, and how many refusals, a terminal shows of one document. */
const SHOWN = 20;

export const addCatalogue = (
  { what, dryRun, options }: AddCatalogue,
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const { texts } = run;
    const [first = "", second] = what;
    const entities =
      second === undefined ? undefined : yield* parsed(second, run, () => parseEntities(first));
    const catalogue = yield* catalogueNamed(second ?? first, run);
    if (run.every !== null && run.every < leastEvery(catalogue))
      return yield* new WrongUsage({ message: texts.tooOften("--every 5s") });
    if (dryRun) {
      const found = yield* inScratch(run, inspectCatalogue(catalogue));
      if (run.json) printJson(found);
      else print([...asText(found, run), texts.nothingWritten()].join("\n"));
      return;
    }
    const { registered, inspection } = yield* onLog(
      run,
      SHORT_WAIT_MS,
    )(registerCatalogue(catalogue, { ...options, entities, every: run.every ?? undefined }));
    const added = texts.catalogueAdded(visibleSource(catalogue), inspection.form, inspection.entries.length);
    if (run.json) printJson({ ...registered, form: inspection.form, refused: inspection.refused });
    else print([added, ...refusals(inspection, run)].join("\n"));
  });

const refusals = ({ refused, passed, note }: CatalogueInspection, { texts }: Invocation): string[] => [
  ...(note === "" ? [] : [`  ${visible(note)}`]),
  ...refused.slice(0, SHOWN).map(({ reason }) => `  ${visible(reason)}`),
  ...(refused.length > SHOWN ? [`  ${texts.andOthers(texts.count(refused.length - SHOWN))}`] : []),
  ...passed.slice(0, SHOWN).map(({ reason }) => `  ${visible(reason)}`),
];

function asText(found: CatalogueInspection, run: Invocation): string[] {
  const { texts } = run;
  const { entries } = found;
  return [
    texts.catalogueLists(visibleSource(found.catalogue), found.form, entries.length),
    "",
    table(
      ["source", "entity", "options"],
      entries
        .slice(0, SHOWN)
        .map(({ source, entities, options }) => [
          source,
          entities?.join(",") ?? "",
          Object.keys(options).length === 0 ? "" : JSON.stringify(options),
        ]),
    ),
    ...(entries.length > SHOWN ? [texts.andOthers(texts.count(entries.length - SHOWN))] : []),
    ...refusals(found, run),
  ];
}
