/**
 * What the page's server holds open. Each connection is a descriptor of the process, and the database, the topics and
 * downloads need some, too: what comes beyond its part is closed at once, what says nothing after a while, and an
 * accept that fails (EMFILE, ECONNABORTED) is the connection's end, not the program's.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";

/** A hundred open pages and who reads JSON; more is no company. */
const MOST = 256;
/** Of the descriptors that the process may have. */
const PART = 1 / 4;

/** A connection that has not sent its headers, or its body, by then. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** One that asks nothing more. */
const IDLE_MS = 5_000;
const LOOK_EVERY_MS = 2_000;

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

/** A server with these limits, which no connection ends. What fails before it listens is for who has it listen. */
export function limitedServer(): Server {
  const server = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  });
  server.maxConnections = mostConnections();
  server.on("listening", () => server.on("error", () => {}));
  return server;
}
