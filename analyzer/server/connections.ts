/**
 * Limits the connections of the page's server. Each one takes a file descriptor of the process, and the database, the
 * topics and downloads need some too. The server closes a connection beyond its part, or beyond the part of one client, at once, and a silent one after a
 * while; a failed accept (EMFILE, ECONNABORTED) does not end the program.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { Places } from "./clients.ts";

/** A thousand open pages, each with its stream, and programs that read JSON. */
const MOST = 1_280;
/** The server uses at most this part of the descriptors of the process. */
const PART = 1 / 4;

/** Time for a connection to send the headers, and the whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Time until the next request on a connection. */
const IDLE_MS = 5_000;
const CHECK_EVERY_MS = 2_000;

/** How many descriptors the process may have; undefined where the system does not say. */
function descriptors(): number | undefined {
  try {
    const said = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return said === undefined ? undefined : Number(said);
  } catch {
    return undefined;
  }
}

export const mostConnections = (limit = descriptors()): number =>
  limit === undefined ? MOST : Math.max(1, Math.min(MOST, Math.floor(limit * PART)));

/** A server with these limits. Once it listens, its errors are ignored; an error before reaches its other listeners. */
export function limitedServer(): Server {
  const server = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
  });
  const most = mostConnections();
  server.maxConnections = most;
  const places = new Places(most);
  server.on("connection", (socket) => {
    const client = socket.remoteAddress ?? "";
    if (!places.isFree(client)) return void socket.destroy();
    places.take(client);
    socket.once("close", () => places.free(client));
  });
  server.on("listening", () => server.on("error", () => {}));
  return server;
}
