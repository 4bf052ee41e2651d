/** Each parser of bytes that others write, and inputs for it. A parser may refuse with SourceRefusal, and throws nothing else. */
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as Redacted from "effect/Redacted";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { notReading, splitStatements } from "#shared/database/guarded-sql/statements.ts";
import { masked } from "#shared/runtime/masked.ts";
import { crc32c } from "#shared/topic-log/kafka/protocol/crc32c.ts";
import { decodeBatch } from "#shared/topic-log/kafka/protocol/decode-batch.ts";
import { encodeBatches, seal } from "#shared/topic-log/kafka/protocol/encode-batch.ts";
import { CRC } from "#shared/topic-log/kafka/protocol/record-batch-header.ts";
import { admit } from "../../analyzer/server/guard.ts";
import { makeEventDecoder } from "../../consumer/decode.ts";
import { readDocument } from "../../producer/catalogue/document.ts";
import { entriesOf } from "../../producer/catalogue/entries.ts";
import { decideReading, RecordReader } from "../../producer/csv/index.ts";
import { encodingsOf, freshOf, lengthOf, originOf, rangeOf } from "../../producer/download/answer.ts";
import { unpack } from "../../producer/download/archive.ts";
import { retryAfterMs } from "../../producer/download/failures.ts";
import { Intake } from "../../producer/download/intake.ts";
import { LIMITS } from "../../producer/download/limits.ts";
import type { Answer } from "../../producer/download/request.ts";
import { Room } from "../../producer/download/room.ts";
import { SourceRefusal } from "../../producer/source/index.ts";
import { parseSourceRecord } from "../../producer/source/record.ts";
import { assertId, namedSource, sourceId } from "../../producer/source/reference.ts";
import { zipOf } from "../../producer/testing/zip.ts";
import type { Chance } from "./inputs.ts";
import { CSV, HEADER, HTML, JSON_PIECES, SQL, URLS } from "./pieces.ts";

export interface Parser {
  readonly name: string;
  /** The part of all inputs that it gets: fast parsers get more. */
  readonly share: number;
  /** Makes an input and feeds it. Yields where the program would let others run. */
  readonly feed: (chance: Chance, folder: string) => Generator<void> | Promise<void>;
}

/** Runs what may refuse. */
function* refusing(work: () => unknown): Generator<void> {
  try {
    const result = work();
    if (isGenerator(result)) yield* result;
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
    // Its sentence is shown: it must be made, too.
    error.toError("https://a.example/x.csv", "fr");
  }
  yield;
}

const isGenerator = (value: unknown): value is Generator<void> =>
  typeof value === "object" && value !== null && Symbol.iterator in value && "next" in value;

const list = (pieces: readonly string[]) => (chance: Chance) =>
  refusing(function* () {
    const text = chance.text(pieces);
    const url = "https://shop.example/list";
    const listing = yield* readDocument(chance.broken(Buffer.from(text)), url);
    yield* entriesOf(listing, url, "en");
  });

const ZIP = zipOf(
  { name: "a.csv", content: "id_produit,nom\n1,a\n" },
  { name: "b.txt", content: "x".repeat(500) },
);
const GZIP = gzipSync("id_produit,nom\n1,a\n".repeat(50));

const batch = (chance: Chance): Buffer => {
  const records = Array.from({ length: 1 + chance.number(5) }, (_, i) => ({
    key: `k${i}`,
    value: chance.text(JSON_PIECES),
  }));
  const [made] = encodeBatches(records, { timestamp: 0, compress: chance.number(2) === 0 });
  const bytes = chance.broken(made === undefined ? Buffer.alloc(0) : seal(made, 1, 0, 0));
  // With a right checksum, what is inside is read.
  if (bytes.length > CRC + 4 && chance.number(2) === 0) bytes.writeUInt32BE(crc32c(bytes, CRC + 4), CRC);
  return bytes;
};

export const PARSERS: readonly Parser[] = [
  { name: "masking", share: 12, feed: (chance) => refusing(() => masked(chance.text(URLS))) },
  {
    name: "addresses",
    share: 12,
    feed: (chance) =>
      refusing(() => {
        const text = chance.text(URLS);
        const id = chance.number(2) === 0 ? namedSource(text) : sourceId(text);
        assertId(id);
      }),
  },
  { name: "pages of links", share: 8, feed: list(["<html>", ...HTML]) },
  { name: "lists in JSON", share: 8, feed: list(["[", ...JSON_PIECES]) },
  { name: "lists in CSV and text", share: 8, feed: list(["url,entity\n", ...CSV, ...URLS]) },
  {
    name: "records of the topic sources",
    share: 12,
    feed: (chance) =>
      refusing(() =>
        parseSourceRecord(chance.text(URLS), chance.broken(Buffer.from(`{${chance.text(JSON_PIECES)}}`))),
      ),
  },
  {
    name: "records of event topics",
    share: 12,
    feed: (chance) =>
      refusing(() => {
        const value = chance.broken(Buffer.from(`{"v":1,${chance.text(JSON_PIECES)}}`));
        return makeEventDecoder()(chance.of(EVENT_TOPICS), { offset: 1, key: chance.text(URLS), value });
      }),
  },
  {
    name: "record batches",
    share: 8,
    feed: (chance) =>
      refusing(() => {
        const buffer = batch(chance);
        for (let at = 0; ; ) {
          const found = decodeBatch(buffer, at, chance.number(2) === 0);
          if (found === undefined || found.bytes === 0) return;
          at += found.bytes;
        }
      }),
  },
  {
    name: "headers of answers",
    share: 8,
    feed: (chance) =>
      refusing(() => {
        const header = (): string | undefined => (chance.number(3) === 0 ? undefined : chance.text(HEADER));
        const answer = {
          status: chance.of([200, 206]),
          header,
          url: "https://a.example/",
        } as unknown as Answer;
        rangeOf(answer);
        lengthOf(answer);
        encodingsOf(answer);
        freshOf(answer);
        originOf(answer, true, 0);
        retryAfterMs(header(), 0);
      }),
  },
  {
    name: "requests of the page",
    share: 8,
    feed: (chance) =>
      refusing(() => {
        const header = (): string => chance.text(URLS);
        const headers = {
          host: header(),
          origin: header(),
          cookie: header(),
          authorization: `Bearer ${header()}`,
        };
        const access = { kind: "token", token: Redacted.make("0123456789abcdef") } as const;
        const verdict = admit(access, { method: chance.of(["GET", "POST"]), url: `/${header()}`, headers });
        if (verdict.kind === "signedIn") throw new Error("signed in with a wrong token");
      }),
  },
  {
    name: "SQL",
    share: 8,
    feed: (chance) => refusing(() => splitStatements(chance.text(SQL)).map(notReading)),
  },
  { name: "files in CSV", share: 2, feed: csvFile },
  { name: "archives", share: 1, feed: archive },
];

function csvFile(chance: Chance, folder: string): Generator<void> {
  return refusing(function* () {
    const file = join(folder, "file");
    const copy = join(folder, "copy");
    const head = chance.of(["", "id_produit,prix\n", "id_vente;date_vente;id_produit;id_magasin;quantité\n"]);
    writeFileSync(file, chance.broken(Buffer.from(head + chance.text(CSV))));
    try {
      const reading = yield* decideReading({
        file,
        copy,
        options: {},
        charset: null,
        entities: undefined,
        before: null,
        tail: false,
      });
      const fd = openSync(reading.file, "r");
      try {
        const reader = new RecordReader({ fd, dialect: reading.dialect, keepOpen: () => true });
        while (reader.next({ record: () => {}, bad: () => {} })) yield;
      } finally {
        closeSync(fd);
      }
    } finally {
      rmSync(copy, { force: true });
    }
  });
}

async function archive(chance: Chance, folder: string): Promise<void> {
  const file = join(folder, "packed");
  const bytes = chance.broken(chance.of([ZIP, GZIP, Buffer.concat([GZIP, GZIP])]));
  writeFileSync(file, bytes);
  try {
    await unpack({
      file,
      entry: chance.of([null, null, "a.csv"]),
      wireBytes: bytes.length,
      to: join(folder, "unpacked"),
      intake: () => new Intake(null),
      limits: LIMITS,
      room: new Room(folder),
      signal: new AbortController().signal,
    });
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
  }
}
