/** Hostile requests to the page, over sockets: what a client of HTTP would refuse to send is sent too. */
import { connect } from "node:net";
import type { Chance } from "../inputs.ts";
import { HEADER, JSON_PIECES, URLS } from "../pieces.ts";

const METHODS = ["GET", "GET", "GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD", "G E T", ""];
const PATHS = [
  "/",
  "/api/overview",
  "/api/products",
  "/api/sales",
  "/api/sale",
  "/api/changes",
  "/api/waiting",
  "/api/results",
  "/api/result",
  "/api/analyses",
  "/api/rejects",
  "/api/sources",
  "/api/openapi.json",
  "/sources",
  "/healthz",
  "/metrics",
  "/main.js",
  "/export/ventes.csv",
  "/export/",
  "/%2e%2e/",
];
const PARAMETERS = [
  "from",
  "to",
  "city",
  "shop",
  "product",
  "source",
  "lang",
  "limit",
  "offset",
  "sort",
  "q",
  "name",
  "as",
];
const VALUES = [
  "2026-01-01",
  "9999-12-31",
  "1",
  "-1",
  "1e9",
  "%",
  "%ff",
  "é",
  "'",
  '"',
  ";",
  "--",
  "0x",
  "\0",
  ...URLS,
];

const queryOf = (chance: Chance): string =>
  Array.from({ length: chance.number(6) }, () => {
    const value = chance.text(VALUES).slice(0, 3_000);
    return `${chance.of(PARAMETERS)}=${chance.number(2) === 0 ? encodeURIComponent(value) : value}`;
  }).join("&");

/** A request as a well-behaved client writes it, to a path with hostile parameters. */
const politeOf = (chance: Chance, host: string): string =>
  `GET ${chance.of(PATHS)}?${queryOf(chance).replaceAll(/[^!-~]/g, "_")} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

function rudeOf(chance: Chance, host: string): Buffer {
  const body = chance.text(JSON_PIECES);
  const headers = [
    `Host: ${chance.of([host, host, host, chance.text(URLS)])}`,
    `Content-Length: ${chance.of([Buffer.byteLength(body), 0, -1, 7, "1e9"])}`,
    `Transfer-Encoding: ${chance.of(["chunked", "gzip", "chunked, chunked"])}`,
    `Cookie: ${chance.text(URLS)}`,
    `Authorization: Bearer ${chance.text(URLS)}`,
    `Accept-Language: ${chance.text(HEADER)}`,
    `If-None-Match: ${chance.text(HEADER)}`,
    `Range: ${chance.text(HEADER)}`,
    `Origin: ${chance.text(URLS)}`,
    "Expect: 100-continue",
    "Upgrade: websocket\r\nConnection: upgrade",
  ].filter((_, i) => i === 0 || chance.number(4) === 0);
  const path = `${chance.of([...PATHS, chance.text(URLS)])}?${queryOf(chance)}`;
  const text = `${chance.of(METHODS)} ${path} ${chance.of(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9"])}\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
  return chance.broken(Buffer.from(text));
}

/** How long an answer is waited for: some requests are never complete, and some answers have no end. */
const SILENT_MS = 250;
const POLITE_AT_ONCE = 25;

/** Sends requests over one connection, and resolves when they are answered, or the connection is silent or closed. */
const exchange = (port: number, bytes: Buffer | string, answers: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let seen = 0;
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1").split("HTTP/1.1 ").length - 1;
      if (seen >= answers) socket.destroy();
    });
    socket.on("error", () => {}).on("close", () => resolve());
  });

/** Sends some requests, each from a seed of its own. */
export async function sendRequests(port: number, nextChance: () => Chance): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const first = nextChance();
  if (first.number(3) === 0) return exchange(port, rudeOf(first, host), 1);
  const all = [
    politeOf(first, host),
    ...Array.from({ length: POLITE_AT_ONCE - 1 }, () => politeOf(nextChance(), host)),
  ];
  return exchange(port, all.join(""), all.length);
}
