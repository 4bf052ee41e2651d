/**
 * A web server that answers each request with bytes from the next seed: broken status lines and headers, bodies that are
 * cut, packed, endless redirects, interim answers, connections that are reset. Until `begin` it publishes right files.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { zipOf } from "../../../producer/testing/zip.ts";
import { Chance } from "../inputs.ts";
import { CSV, HEADER, HTML, JSON_PIECES, URLS } from "../pieces.ts";

export interface HostileServer {
  readonly url: (name: string) => string;
  /** From now on each answer is made of the next seed. */
  readonly begin: (nextSeed: () => number) => void;
  readonly close: () => Promise<void>;
}

const RIGHT = "id_magasin,ville\n1,Paris\n";
const ZIP = zipOf({ name: "a.csv", content: RIGHT }, { name: "b.txt", content: "x".repeat(500) });
const HEADS = ["", RIGHT, "id_produit,prix\n", "id_vente;date_vente;id_produit;id_magasin;quantité\n"];
const TYPES = ["text/csv", "text/html", "application/json", "application/zip", "application/gzip"];
const RUDE_EACH = 20;
const NAMES = [
  "Content-Type",
  "Content-Length",
  "Content-Encoding",
  "Content-Range",
  "Transfer-Encoding",
  "Location",
  "ETag",
  "Last-Modified",
  "Cache-Control",
  "Retry-After",
  "Age",
  "Date",
  "X".repeat(500),
];

function bodyOf(chance: Chance): Buffer {
  const text = Buffer.from(chance.of(HEADS) + chance.text(chance.of([CSV, HTML, JSON_PIECES, URLS])));
  switch (chance.number(6)) {
    case 0:
      return chance.broken(gzipSync(text));
    case 1:
      return chance.broken(ZIP);
    case 2:
      return chance.broken(deflateSync(gzipSync(text)));
    case 3:
      return text;
    default:
      return chance.broken(text);
  }
}

/** An answer whose bytes are hostile, in a form that every client accepts. */
const politeOf = (body: Buffer, type: string): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);

/** An answer whose status line, headers and end are hostile too. `own`: the path that was asked for. */
function rudeOf(chance: Chance, own: string, body: Buffer): Buffer {
  if (chance.number(10) === 0) return chance.broken(Buffer.from(chance.text(HEADER)));
  const status = chance.of([200, 200, 200, 206, 301, 302, 304, 404, 416, 429, 500, 503, 0, 99, 999]);
  const headers = [
    `Content-Length: ${chance.of([body.length, body.length, body.length + 7, 0, -1, "1e9"])}`,
    `Content-Encoding: ${chance.of(["identity", "gzip", "deflate", "gzip, gzip, gzip", "br"])}`,
    `Location: ${chance.of([own, "/s/0.csv", "//", chance.text(URLS)])}`,
    ...Array.from({ length: chance.number(4) }, () => `${chance.of(NAMES)}: ${chance.text(HEADER)}`),
  ].filter(() => chance.number(4) > 0);
  const interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(chance.of([0, 0, 0, 1, 3, 40]));
  const head = Buffer.from(`${interim}HTTP/1.1 ${status} é\r\n${headers.join("\r\n")}\r\n\r\n`);
  return Buffer.concat([chance.number(3) === 0 ? chance.broken(head) : head, body]);
}

export const startHostileServer = async (): Promise<HostileServer> => {
  let nextSeed: (() => number) | undefined;
  const sockets = new Set<Socket>();
  const right = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: ${RIGHT.length}\r\nConnection: close\r\n\r\n${RIGHT}`,
  );
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    socket.on("data", (bytes) => {
      if (nextSeed === undefined) return void socket.end(right);
      const chance = new Chance(nextSeed());
      const own = /^\S+ (\S+)/.exec(bytes.toString("latin1"))?.[1] ?? "/";
      const body = bodyOf(chance);
      // Few are rude: the program tries these again after some time, and asks for less in the meantime.
      if (chance.number(RUDE_EACH) > 0) socket.end(politeOf(body, chance.of(TYPES)));
      else if (chance.number(4) === 0) socket.write(body, () => socket.resetAndDestroy());
      else socket.end(rudeOf(chance, own, body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/s/${name}`,
    begin: (seeds) => {
      nextSeed = seeds;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
