/**
 * Opens the port of the page: the wanted one, or the next free one, and returns the URL of the page. When its Scope
 * closes, it cuts open connections and frees the port.
 */
import { isIPv6 } from "node:net";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import * as Effect from "effect/Effect";
import type * as HttpServer from "effect/http/HttpServer";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import { limitedServer } from "./connections.ts";

/** Another program listens on the port. */
export class PortTaken extends Schema.TaggedError<PortTaken>()("PortTaken", {
  port: Schema.Int,
  message: Schema.String,
}) {}

/** The page cannot be served on this host. */
export class HostRefused extends Schema.TaggedError<HostRefused>()("HostRefused", {
  host: Schema.String,
  message: Schema.String,
}) {}

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What to do when another program has the port: fail with PortTaken, or try the next ones. */
  readonly whenTaken: "fail" | "next";
}

export interface Served {
  /** `http://127.0.0.1:8080/` */
  readonly url: string;
  readonly port: number;
}

/** Ports tried after a taken one. */
const NEXT_PORTS = 50;

/** Error codes for an address that this machine does not have, or on which the program may not listen. */
const REFUSALS: ReadonlySet<unknown> = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EACCES"]);

/** The address by which this machine reaches a server that listens on all addresses. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** Opens the port. Returns the server, which does not answer requests yet, and its URL. */
export const listen = Effect.fnUntraced(function* ({
  host,
  port,
  whenTaken,
}: Address): Effect.fn.Return<
  { readonly server: HttpServer.HttpServer["Service"]; readonly served: Served },
  PortTaken | HostRefused,
  Scope.Scope
> {
  const last = whenTaken === "next" && port > 0 ? Math.min(port + NEXT_PORTS, 65_535) : port;
  for (let candidate = port; ; candidate++) {
    const node = limitedServer();
    const listening = yield* Effect.result(
      NodeHttpServer.make(() => node, { host, port: candidate, gracefulShutdownTimeout: 200 }),
    );
    if (listening._tag === "Success") {
      // Cuts the connections before the server waits for them, because event streams never end by themselves.
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()));
      const address = node.address();
      const real = typeof address === "object" && address !== null ? address.port : candidate;
      return { server: listening.success, served: servedAt(host, real) };
    }
    const { cause } = listening.failure;
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (REFUSALS.has(code))
      return yield* new HostRefused({ host, message: `cannot listen on ${host}:${candidate} (${code})` });
    if (code !== "EADDRINUSE") return yield* Effect.die(cause);
    if (candidate >= last)
      return yield* new PortTaken({
        port: candidate,
        message: `port ${candidate} is taken by another program: choose another with --port`,
      });
  }
});

function servedAt(host: string, port: number): Served {
  const reached = ANY_ADDRESS[host] ?? host;
  return { url: `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}/`, port };
}
