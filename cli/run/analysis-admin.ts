/** What the page does with analyses of one's own, for a browser with a session. */
import * as Effect from "effect/Effect";
import { analysesFolder } from "#shared/runtime/settings.ts";
import type { AnalysisActs, AnalysisAdmin } from "../../analyzer/server/analysis-admin.ts";
import { NotDone } from "../../analyzer/server/not-done.ts";
import type { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { inLanguage } from "./in-language.ts";
import { discardAnalysis, nameOf, saveAnalysis, write } from "./own-analyses.ts";

/** How many deleted files are remembered, so that they can be restored. */
const KEPT_DELETED = 50;

const notDone = ({ message }: Failed | WrongUsage): NotDone =>
  new NotDone({ status: 422, sentence: message });

type Request<Name extends keyof AnalysisActs> = Parameters<AnalysisActs[Name]>[0];

/** `dir`: the data directory that the page shows, which is another one while the demo runs. */
export function makeAnalysisAdmin(run: Invocation, dir: () => string): AnalysisAdmin {
  const deleted = new Map<string, { readonly fichier: string; readonly text: string }>();
  return (language) => {
    const spoken = inLanguage(run, language);
    const { texts, settings } = spoken;
    const folder = () => analysesFolder({ analyses: settings.analyses, data: dir() });
    const noSuch = (name: string) => new NotDone({ status: 404, sentence: texts.notOwnAnalysis(name) });
    return {
      save: Effect.fnUntraced(function* ({ title, sql, chart, units }: Request<"save">) {
        const name = nameOf(title);
        const header = {
          [language === "fr" ? "titre" : "title"]: title,
          ...(units.length > 0 && { unite: units.join(", ") }),
          graphique: chart,
        };
        yield* saveAnalysis(dir(), { nom: name, sql, header }, spoken).pipe(Effect.mapError(notDone));
        return { name, sentence: texts.keptAnalysis(name), undo: true };
      }),
      discard: Effect.fnUntraced(function* ({ name }: Request<"discard">) {
        const gone = yield* discardAnalysis(folder(), name, spoken).pipe(Effect.mapError(notDone));
        if (gone === undefined) return yield* noSuch(name);
        deleted.delete(name);
        deleted.set(name, gone);
        const [oldest = name] = deleted.keys();
        if (deleted.size > KEPT_DELETED) deleted.delete(oldest);
        return { name, sentence: texts.discardedAnalysis(name, gone.fichier), undo: true };
      }),
      restore: Effect.fnUntraced(function* ({ name }: Request<"restore">) {
        const gone = deleted.get(name);
        if (gone === undefined) return yield* noSuch(name);
        yield* write(gone.fichier, gone.text, texts).pipe(Effect.mapError(notDone));
        deleted.delete(name);
        return { name, sentence: texts.restoredAnalysis(name), undo: false };
      }),
    };
  };
}
