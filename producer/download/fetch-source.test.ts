/** One poll as a producer does it: retried by the table, going on where a try was cut, failing as a SourceError. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { embeddedSettings } from "#shared/runtime/settings.ts";
import { until } from "../../integration-tests/support/until.ts";
import { spoolFolder } from "../source/index.ts";
import { Downloads, taken } from "../testing/downloads.ts";
import { publish, type ScriptedServer } from "../testing/scripted.ts";
import { type FetchOptions, fetchSource } from "./fetch.ts";

const CSV = `id_magasin,ville\n${Array.from({ length: 30_000 }, (_, n) => `${n},Ville ${n * 7919}\n`).join("")}`;
const CUT_AT = 200_000;

let downloads: Downloads;
let server: ScriptedServer;
beforeEach(async () => {
  downloads = new Downloads();
  server = await publish(CSV, { etag: '"1"', ranges: true });
});
afterEach(async () => {
  await Promise.all([downloads.close(), server.close()]);
});

const fetch = (source: string, more: Partial<FetchOptions> = {}) =>
  Effect.runPromise(
    Effect.result(
      fetchSource({
        client: downloads.client,
        settings: embeddedSettings(downloads.data),
        source,
        known: null,
        resumeFrom: null,
        throughTopic: false,
        trusted: "operator",
        goOn: true,
        ...more,
      }),
    ),
  );

it("continues within the poll where a try was cut", async () => {
  let cuts = 0;
  /** What the partial download has grown to. */
  const there = () =>
    readdirSync(spoolFolder(downloads.data))
      .filter((name) => /^partial-[0-9a-f]+$/.test(name))
      .reduce((sum, name) => sum + statSync(join(spoolFolder(downloads.data), name)).size, 0);
  server.instead = () => {
    server.cutAt = cuts++ < 2 ? CUT_AT : null;
    server.beforeCut = () => until("all of it is there", () => there() === cuts * CUT_AT);
    return false;
  };
  const fetched = await fetch(server.url);
  if (fetched._tag !== "Success") throw fetched.failure;
  expect(taken(fetched.success)).toBe(CSV);
  expect(server.asked).toEqual(["GET", `GET bytes=${CUT_AT}- if-range`, `GET bytes=${2 * CUT_AT}- if-range`]);
  expect(server.sent).toBe(CSV.length);
});

it("waits for a short Retry-After, and reports a long one", async () => {
  const times: number[] = [];
  server.instead = (_, response) => {
    times.push(performance.now());
    if (times.length > 1) return false;
    response.writeHead(429, { "retry-after": "1" }).end();
    return true;
  };
  expect((await fetch(server.url))._tag).toBe("Success");
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
  server.instead = (_, response) => {
    response.writeHead(503, { "retry-after": "3600" }).end();
    return true;
  };
  server.asked.length = 0;
  const parked = await fetch(server.url);
  if (parked._tag !== "Failure") throw new Error("it was taken");
  expect(parked.failure).toMatchObject({ code: "source.http_status", retryAfterMs: 3_600_000 });
  expect(server.asked).toHaveLength(1);
});

it("does not try a refusal again, and takes a discovered source to public addresses only", async () => {
  const refused = await fetch(server.url, { trusted: "discovered" });
  expect(refused).toMatchObject({ _tag: "Failure", failure: { code: "source.private_address" } });
  expect(server.asked).toEqual([]);
  server.instead = (_, response) => {
    response.writeHead(404).end();
    return true;
  };
  const missing = await fetch(`${server.url}?token=abc`);
  expect(missing).toMatchObject({ _tag: "Failure", failure: { code: "source.not_found" } });
  if (missing._tag === "Failure") expect(missing.failure.message).toContain("?token=***");
  expect(server.asked).toHaveLength(1);
});
