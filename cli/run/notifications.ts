/** The notifications of `start` and `analyzer`: what they observe, and the lines on stderr about them. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { say } from "../output/stdout.ts";
import type { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { notifierLock } from "../settings/locks.ts";
import type { NotifyFlags, NotifySettings } from "../settings/notify-settings.ts";
import { visibleSource } from "../texts/visible.ts";
import type { View } from "./view.ts";

export const notifySettings = (
  flags: NotifyFlags,
  run: Invocation,
): Effect.Effect<NotifySettings, WrongUsage | Failed> =>
  Effect.try({ try: () => run.notify(flags), catch: (error) => error as WrongUsage | Failed });

/** How often it tries to take the place of the process that notifies. */
const TRY_EVERY_MS = 5_000;

/** How long no alert is sent after an error that the program does not foresee. */
const PARKED_MS = 300_000;

/**
 * Sends alerts about what the view shows, until it is interrupted. Of several analyzers of a directory one sends them;
 * another takes its place when it ends. `view.alerts` says why none are sent. A defect parks the alerts alone.
 */
export const notifying = (
  settings: NotifySettings,
  view: View,
  run: Invocation,
): Effect.Effect<never, never, Settings> =>
  sending(settings, view, run).pipe(
    Effect.scoped,
    Effect.catchDefect((defect) => {
      view.alerts = run.texts.alertsParked();
      const trace = defect instanceof Error ? (defect.stack ?? defect.message) : String(defect);
      say([`ventes: ${view.alerts}`, ...trace.split("\n").map(visibleSource)].join("\n"), "error");
      return Effect.sleep(PARKED_MS);
    }),
    Effect.forever,
  );

const sending = Effect.fnUntraced(function* (
  { destinations, limits }: NotifySettings,
  view: View,
  run: Invocation,
): Effect.fn.Return<never, never, Settings | Scope.Scope> {
  if (destinations.length === 0) return yield* Effect.never;
  const { makeSend, runNotifier } = yield* Effect.promise(async () => ({
    ...(await import("../../notify/send.ts")),
    ...(await import("../../notify/run.ts")),
  }));
  const { texts, settings } = run;
  const wait = ({ message }: DatabaseError): Effect.Effect<void> => {
    if (view.alerts !== message) say(`ventes: ${texts.alertsWait(message)}`, "warning");
    view.alerts = message;
    return Effect.sleep(TRY_EVERY_MS);
  };
  yield* Effect.eventually(notifierLock(settings.data).pipe(Effect.tapError(wait)));
  view.alerts = "";
  say(`ventes: ${texts.notifies(destinations.map(({ shown }) => shown).join(", "))}`);
  return yield* runNotifier({
    destinations,
    limits,
    send: yield* makeSend,
    safe: visibleSource,
    observe: () => ({
      sources: view.sources,
      catalogues: view.catalogues,
      components: view.components,
    }),
    onFailure: ({ shown, reason, lost }) =>
      say(`ventes: ${texts.notNotified(shown, reason, lost)}`, "warning"),
  });
});
