/**
 * Notifies open pages of changes: polls the database and the source statuses, and answers /api/events with a stream of
 * Server-Sent Events. It sends an event `analyses` (ChangedEvent of api.ts) at once and after each change, and a comment
 * every 15 s, so that no proxy closes the stream as idle.
 */
import * as Effect from "effect/Effect";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as SubscriptionRef from "effect/SubscriptionRef";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { ChangedEvent } from "./api.ts";
import { Places } from "./clients.ts";
import type { Reads } from "./reads.ts";
import { failure } from "./responses.ts";

/** How often it polls the database and the source statuses: two reads by rowid. */
const POLL_EVERY_MS = 200;
const HEARTBEAT_MS = 15_000;
/** How long a browser that lost the stream waits before it asks again. */
const RETRY_MS = 2_000;
const MAX_STREAMS = 1_000;

/** The last change. Polls until the Scope closes. */
export const watchChanges = Effect.fnUntraced(function* (
  reads: Reads,
  followed: () => { readonly sources: readonly Pick<SourceStatus, "doubts">[] },
): Effect.fn.Return<SubscriptionRef.SubscriptionRef<ChangedEvent>, never, Scope.Scope> {
  let last: ChangedEvent = { commit: 0, revision: 0, figures: 0, results: 0, sources: 0 };
  const changes = yield* SubscriptionRef.make(last);
  let before: Partial<Record<(typeof KINDS)[number], string>> = {};
  const poll = Effect.suspend(() => {
    let state: ReturnType<Reads["state"]>;
    try {
      state = reads.state();
    } catch {
      // The page gets the error as the answer to its next request.
      return Effect.void;
    }
    const all = followed();
    const figures = state?.fingerprint ?? "";
    // The answer about sources has what the database knows of the rows of doubts.
    const known = all.sources.some(({ doubts }) => doubts !== undefined) ? figures : "";
    const now = { figures, results: state?.results ?? "", sources: JSON.stringify(all) + known };
    const changed = KINDS.filter((kind) => now[kind] !== before[kind]);
    if (changed.length === 0) return Effect.void;
    before = now;
    const revision = last.revision + 1;
    const kinds = Object.fromEntries(changed.map((kind) => [kind, revision]));
    last = { ...last, ...kinds, commit: state?.commit ?? 0, revision };
    return SubscriptionRef.set(changes, last);
  });
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(poll, Effect.sleep(POLL_EVERY_MS))));
  return changes;
});

const KINDS = ["figures", "results", "sources"] as const;

/** The answer to /api/events for a client: a stream for each request, at most MAX_STREAMS at a time. */
export function eventStreams(
  changes: SubscriptionRef.SubscriptionRef<ChangedEvent>,
): (client: string) => HttpServerResponse.HttpServerResponse {
  const places = new Places(MAX_STREAMS);
  return (client) => {
    if (!places.isFree(client)) return failure(503, "too many open pages");
    const changed = SubscriptionRef.changes(changes).pipe(
      // A client that does not read gets the newest event alone when it reads again.
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.map((event) => `event: analyses\nid: ${event.revision}\ndata: ${JSON.stringify(event)}\n\n`),
    );
    const beats = Stream.tick(HEARTBEAT_MS).pipe(
      Stream.drop(1),
      Stream.map(() => ": en vie\n\n"),
    );
    const body = Stream.make(`retry: ${RETRY_MS}\n\n`).pipe(
      Stream.concat(Stream.merge(changed, beats)),
      Stream.onStart(Effect.sync(() => places.take(client))),
      Stream.ensuring(Effect.sync(() => places.free(client))),
      Stream.encodeText,
    );
    return HttpServerResponse.stream(body, { contentType: "text/event-stream" });
  };
}
