/** What the guard needs of a request beside its headers: who sends it, and how many Host headers it has. */
import type { IncomingMessage } from "node:http";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";

const incoming = (request: HttpServerRequest.HttpServerRequest): IncomingMessage =>
  request.source as IncomingMessage;

/** The address of the client. No header says it: a client could write any. */
export const clientOf = (request: HttpServerRequest.HttpServerRequest): string =>
  incoming(request).socket.remoteAddress ?? "";

/** Node keeps the first of several Host headers, and says nothing. */
export const hostsOf = (request: HttpServerRequest.HttpServerRequest): number =>
  incoming(request).rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
