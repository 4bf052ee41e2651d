/**
 * Nine healthy sources beside hostile ones on the same machine, and beside hostile records in the topic `sources`: how long
 * new rows of all nine take to be in the database, with and without the hostile ones. Polls begin by a timer of a second, so the two times differ by what sources cost each
 * other, not by the speed of the machine.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import * as Effect from "effect/Effect";
import { expect, it, onTestFinished } from "vitest";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { registerSource } from "../producer/admin/register.ts";
import { onLog } from "./support/on-log.ts";
import { publishFiles } from "./support/published-files.ts";
import { countOf } from "./support/query.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

const HEALTHY = 9;
const ROUNDS = 7;
const HOSTILE_RECORDS = 10_000;
const RECORDS_AT_ONCE = 50;
/** The most by which freshness may grow beside hostile sources. */
const MOST = 2;

const RIGHT = "id_magasin,ville\nx,Paris\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n";
const repeat = (socket: Socket, everyMs: number, bytes: string): void => {
  const timer = setInterval(() => socket.write(bytes), everyMs);
  socket.on("close", () => clearInterval(timer));
};

/** What each of them does once it is registered. */
const HOSTILE: Readonly<Record<string, (socket: Socket, url: string) => void>> = {
  "slow.csv": (socket) => {
    socket.write(`${OK}\r\nid_magasin,ville\n`);
    repeat(socket, 100, "y");
  },
  "endless.csv": (socket) => {
    socket.write(`${OK}\r\nid_magasin,ville\n`);
    repeat(socket, 20, "z,Paris\n".repeat(4_000));
  },
  "redirecting.csv": (socket, url) => void socket.end(`HTTP/1.1 302 Found\r\nLocation: ${url}\r\n\r\n`),
  "interim.csv": (socket) => repeat(socket, 50, "HTTP/1.1 102 Processing\r\n\r\n"),
  "silent.csv": () => {},
  "header.csv": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nX: ");
    repeat(socket, 20, "h".repeat(4_000));
  },
};

/** Publishes a right file under each hostile name until `begin`. */
const startHostile = async () => {
  let isHostile = false;
  let asked = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.once("data", (bytes) => {
      const name = /^\S+ \/(\S+)/.exec(bytes.toString("latin1"))?.[1] ?? "";
      asked += 1;
      if (isHostile) HOSTILE[name]?.(socket, url(name));
      else socket.end(`${OK}Content-Length: ${RIGHT.length}\r\n\r\n${RIGHT}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = (name: string) => `http://127.0.0.1:${port}/${name}`;
  return {
    url,
    begin: () => {
      isHostile = true;
      asked = 0;
    },
    asked: () => asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

const fileOf = (n: number, rows: number): string =>
  `id_magasin,ville\n${Array.from({ length: rows }, (_, row) => `${n}-${row},Brest\n`).join("")}`;

/** Starts the program on the healthy sources and `others`. `more`: the rows that these have. */
const startOn = async (data: string, others: readonly string[], more: number) => {
  const names = Array.from({ length: HEALTHY }, (_, n) => `${n}.csv`);
  const server = await publishFiles(Object.fromEntries(names.map((name, n) => [name, fileOf(n, 1)])));
  onTestFinished(server.close);
  await onLog(
    data,
    Effect.forEach([...others, ...names.map(server.url)], (url) => registerSource(url), { discard: true }),
  );
  const running = startVentes(["start", "--data", data, "--every", "1s"]);
  let rows = 1;
  const isThere = () => countOf(data, "magasins") >= HEALTHY * rows + more;
  await until("every source to be read", isThere, { within: 60_000 });

  /** The median of the milliseconds until a new row of each healthy source is there. */
  const freshness = async (): Promise<number> => {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rows += 1;
      for (const [n, name] of names.entries()) server.publish(name, fileOf(n, rows));
      const from = performance.now();
      await until("the new rows", isThere, { within: 60_000 });
      took.push(performance.now() - from);
    }
    return took.sort((a, b) => a - b)[ROUNDS >> 1] as number;
  };
  return { running, freshness };
};

const expectAsFresh = (alone: number, beside: number, what: string): void => {
  console.log(
    `new rows are there after ${alone.toFixed(0)} ms, beside ${what} after ${beside.toFixed(0)} ms`,
  );
  expect(beside).toBeLessThan(alone * MOST);
};

it(`${HEALTHY} healthy sources are at most ${MOST} times less fresh beside ${Object.keys(HOSTILE).length} hostile ones`, async () => {
  const hostile = await startHostile();
  onTestFinished(hostile.close);
  // The right files that hostile sources publish at first have one row in common.
  const { running, freshness } = await startOn(scratchDirectory(), Object.keys(HOSTILE).map(hostile.url), 1);
  const alone = await freshness();
  hostile.begin();
  await until("each hostile source to be polled", () => hostile.asked() >= Object.keys(HOSTILE).length, {
    within: 60_000,
  });
  expectAsFresh(alone, await freshness(), "hostile sources");
  expect((await running.stop()).code).toBe(130);
}, 240_000);

it(`and while another program writes ${HOSTILE_RECORDS} records that are not valid into the topic sources`, async () => {
  const data = scratchDirectory();
  const { running, freshness } = await startOn(data, [], 0);
  const alone = await freshness();
  let written = 0;
  let isOver = false;
  const write = (most: () => boolean, everyMs: number) =>
    onLog(
      data,
      Effect.gen(function* () {
        const log = yield* TopicLog;
        while (!most()) {
          const records = Array.from({ length: RECORDS_AT_ONCE }, (_, n) => ({
            key: `https://hostile.example/${written + n}.csv`,
            value: n % 2 === 0 ? "{" : '{"v":1,"kind":"source"}',
          }));
          yield* log.publish("sources", records);
          written += RECORDS_AT_ONCE;
          yield* Effect.sleep(everyMs);
        }
      }),
    );
  await write(() => written >= HOSTILE_RECORDS, 5);
  const writing = write(() => isOver, 100);
  const beside = await freshness();
  isOver = true;
  await writing;
  expectAsFresh(alone, beside, `${written} hostile records`);
  expect((await running.stop()).code).toBe(130);
}, 240_000);
