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
import type { ChangedEvent } from "./api.ts";
import { Places } from "./clients.ts";
import type { Reads } from "./reads.ts";
import { failure } from "./responses.ts";

/** How often it polls the database and the source statuses: two reads by rowid. */
const POLL_EVERY_MS = 200;
const HEARTBEAT_MS = 15_000;
/** How long a browser that lost the stream waits before it asks again. */
const RETRY_MS = 2_000;
const MAX_STREAMS = 100;

/** The last change, whose `revision` grows by one each time. Polls until the Scope closes. */
export const watchChanges = Effect.fnUntraced(function* (
  reads: Reads,
  followed: () => object,
): Effect.fn.Return<SubscriptionRef.SubscriptionRef<ChangedEvent>, never, Scope.Scope> {
  const changes = yield* SubscriptionRef.make<ChangedEvent>({ commit: 0, revision: 0 });
  let last = "";
  let revision = 0;
  const poll = Effect.suspend(() => {
    let state: ReturnType<Reads["state"]>;
    try {
      state = reads.state();
    } catch {
      // The page gets the error as the answer to its next request.
      return Effect.void;
    }
    const now = `${state?.fingerprint} ${JSON.stringify(followed())}`;
    if (now === last) return Effect.void;
    last = now;
    return SubscriptionRef.set(changes, { commit: state?.commit ?? 0, revision: ++revision });
  });
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(poll, Effect.sleep(POLL_EVERY_MS))));
  return changes;
});

/** The answer to /api/events for a client: a stream for each request, at most MAX_STREAMS at a time. */
export function eventStreams(
  changes: SubscriptionRef.SubscriptionRef<ChangedEvent>,
): (client: string) => HttpServerResponse.HttpServerResponse {
  const places = new Places(MAX_STREAMS);
  return (client) => {
    if (!places.isFree(client)) return failure(503, "too many open pages");
    const changed = SubscriptionRef.changes(changes).pipe(
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
