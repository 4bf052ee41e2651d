/** The page of `start` and `analyzer`: what it shows, where it listens, and the line that prints its URL. */
import { spawn } from "node:child_process";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { maskedIn } from "#shared/runtime/masked.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { HostRefused, PortTaken, Served } from "../../analyzer/server/listen.ts";
import { print, say } from "../output/stdout.ts";
import type { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { PageFlags, PageSettings } from "../settings/settings.ts";
import { notingHistory, readHistory } from "./source-history.ts";
import type { View } from "./view.ts";

/** The server is loaded only where a page is served: `start --once` serves none, and starts sooner. */
const server = Effect.promise(() => import("../../analyzer/server/serve.ts"));
const registrar = Effect.promise(() => import("./registrar.ts"));
const sourceAdmin = Effect.promise(() => import("./source-admin.ts"));
const analysisAdmin = Effect.promise(() => import("./analysis-admin.ts"));

/** Where to serve the page. Fails where it may not be served: other machines could reach it without a token. */
export const pageSettings = (
  flags: PageFlags,
  run: Invocation,
): Effect.Effect<PageSettings, WrongUsage | Failed | HostRefused> =>
  Effect.try({
    try: () => run.page(flags),
    catch: (error) => error as WrongUsage | Failed,
  }).pipe(
    Effect.tap((where) => Effect.flatMap(server, ({ assertMayServe }) => assertMayServe(where))),
    Effect.provideService(Settings, run.settings),
  );

/** Listens, then prints the line `page URL`, which programs read. */
export const openPage = (
  where: PageSettings,
  view: View,
  run: Invocation,
  opensBrowser: boolean,
): Effect.Effect<Served, PortTaken | HostRefused, Scope.Scope | TopicLog | Settings> =>
  Effect.gen(function* () {
    const { servePage } = yield* server;
    const { makeRegistrar } = yield* registrar;
    const { makeSourceAdmin } = yield* sourceAdmin;
    const { makeAnalysisAdmin } = yield* analysisAdmin;
    const served = yield* servePage({
      host: where.host,
      access: where.access,
      port: where.port,
      whenTaken: where.explicit ? "fail" : "next",
      current: () => view.shown,
      // Others than the operator may see the page: no secrets of URLs.
      sources: () => maskedIn(view.sources),
      names: () => view.names,
      catalogues: () => maskedIn(view.catalogues),
      onGuessing: (client) => say(`ventes: ${run.texts.guessing(client)}`, "warning"),
      withdrawn: () => maskedIn(view.withdrawn),
      eventOf: (sale) => view.eventOf(sale),
      metrics: () => view.observation?.metrics ?? Effect.succeed(undefined),
      unready: () => view.observation?.unready ?? Effect.succeed([run.texts.isStarting()]),
      historyOf: (source) => readHistory(view.shown.dir, source),
      registrar: yield* makeRegistrar(run.texts),
      admin: yield* makeSourceAdmin(run, {
        reaches: where.access.kind === "local" ? "all" : "public",
        shown: () => view.sources,
      }),
      analysisAdmin: makeAnalysisAdmin(run, () => view.shown.dir),
      onLinkUsed: (client, link) => say(`ventes: ${run.texts.writeLinkUsed(client, link)}`),
    });
    yield* Effect.forkScoped(
      notingHistory(view, run.settings.data, ({ message }) =>
        say(`ventes: ${run.texts.noHistory(message)}`, "warning"),
      ),
    );
    if (!where.explicit && served.port !== where.port)
      say(`ventes: ${run.texts.nextPort(where.port, served.port)}`);
    print(`page ${served.url}`);
    if (served.link !== undefined) say(`ventes: ${run.texts.writeLink(served.link)}`);
    if (where.access.kind === "token") say(`ventes: ${run.texts.pageAsksForToken()}`);
    if (opensBrowser) openBrowser(served.url);
    return served;
  });

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer" };

/** Where no browser can be opened the line with the address is enough. */
function openBrowser(url: string): void {
  const child = spawn(OPENERS[process.platform] ?? "xdg-open", [url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
