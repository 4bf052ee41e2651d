/**
 * A real HTTP server on loopback that publishes one file as scripted: with or without validators and ranges,
 * compressed, cut, slow. It records the requests and counts the bytes of the bodies that it sent.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { serve } from "./server.ts";

export interface Published {
  content: Buffer;
  /** null: the server sends none. */
  etag: string | null;
  lastModified: string | null;
  ranges: boolean;
  /** The server cuts the connection after this many bytes of a body; null: never. */
  cutAt: number | null;
  /** The server waits for this before the cut, because bytes on their way are lost with the connection. */
  beforeCut: () => Promise<unknown>;
  headers: Record<string, string>;
}

export interface ScriptedServer extends Published {
  readonly url: string;
  /** The method and the important headers of each request: `GET`, `GET bytes=5-`, ` if-none-match`, ... */
  readonly asked: string[];
  /** Bytes of all bodies that were sent. */
  sent: number;
  readonly requests: IncomingMessage[];
  /** Answers in place of the file when it returns true. */
  instead: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly close: () => Promise<void>;
}

const CONDITIONS = ["if-none-match", "if-modified-since", "if-range"] as const;

export async function publish(
  content: string | Buffer,
  more: Partial<Published> = {},
): Promise<ScriptedServer> {
  const http = await serve((request, response) => {
    const conditions = CONDITIONS.filter((name) => request.headers[name] !== undefined);
    server.asked.push(["GET", ...[request.headers.range ?? []].flat(), ...conditions].join(" "));
    if (!server.instead(request, response)) answer(server, request, response);
  });
  const server: ScriptedServer = {
    content: Buffer.from(content),
    etag: null,
    lastModified: null,
    ranges: false,
    cutAt: null,
    beforeCut: () => Promise.resolve(),
    headers: {},
    ...more,
    url: http.url,
    asked: [],
    sent: 0,
    requests: http.requests,
    instead: () => false,
    close: http.close,
  };
  return server;
}

/** In the order of RFC 9110: If-None-Match, If-Modified-Since, then Range with its If-Range. */
function answer(server: ScriptedServer, { headers }: IncomingMessage, response: ServerResponse): void {
  const { content, etag, lastModified, ranges, cutAt } = server;
  if (etag !== null) response.setHeader("etag", etag);
  if (lastModified !== null) response.setHeader("last-modified", lastModified);
  if (ranges) response.setHeader("accept-ranges", "bytes");
  for (const [name, value] of Object.entries(server.headers)) response.setHeader(name, value);

  const same =
    headers["if-none-match"] === undefined
      ? lastModified !== null && headers["if-modified-since"] === lastModified
      : headers["if-none-match"] === etag;
  if (same) {
    response.statusCode = 304;
    response.end();
    return;
  }
  const ifRange = headers["if-range"];
  const first = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1];
  let body = content;
  if (
    ranges &&
    first !== undefined &&
    (ifRange === undefined || ifRange === etag || ifRange === lastModified)
  ) {
    const start = Number(first);
    if (start >= content.length) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
      return;
    }
    response.statusCode = 206;
    response.setHeader("content-range", `bytes ${start}-${content.length - 1}/${content.length}`);
    body = content.subarray(start);
  }
  response.setHeader("content-length", body.length);
  if (cutAt !== null && cutAt < body.length) {
    server.sent += cutAt;
    response.write(body.subarray(0, cutAt), () => {
      server.beforeCut().finally(() => response.destroy());
    });
    return;
  }
  server.sent += body.length;
  response.end(body);
}
