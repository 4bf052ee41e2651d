/** Alerts of the whole program: `start` tells a receiver that a file cannot be read, once, and `notify` tests it. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { beforeEach, describe, expect, it } from "vitest";
import { ventes as inProcess } from "./support/in-process.ts";
import { listening } from "./support/listening.ts";
import { until } from "./support/until.ts";
import { scratchDirectory, startVentes } from "./support/ventes.ts";

interface Told {
  readonly title: string;
  readonly changes: readonly { readonly event: string; readonly kind: string }[];
}

let told: Told[];
let url: string;
/** What the receiver answers. */
let status: number;
beforeEach(async () => {
  told = [];
  status = 200;
  const server = createServer(async (request, response) => {
    told.push((await json(request)) as Told);
    response.writeHead(status, { connection: "close" }).end("secret-of-answer");
  });
  url = `${await listening(server)}/secret-of-path`;
});

const kindsTold = () => told.flatMap(({ changes }) => changes.map(({ event, kind }) => `${event} ${kind}`));

describe("start with VENTES_NOTIFY", () => {
  it("tells that a file cannot be read; after a restart only that it is read again", async () => {
    const dir = scratchDirectory();
    const file = join(dir, "magasins.csv");
    writeFileSync(file, "id_magasin,ville\nm,Brest\n");
    const env = { VENTES_NOTIFY: url, VENTES_NOTIFY_AFTER: "0" };
    const args = ["start", "--data", join(dir, "data"), "--every", "200ms"];
    const first = startVentes([...args, file], { env });
    await first.said(/tells json 127\.0\.0\.1:\d+ what needs somebody/);
    await first.said(/followed/);
    renameSync(file, `${file}.away`);
    await until("the message", () => told.length > 0 || undefined);
    await first.stop();
    expect(kindsTold()).toEqual(["problem failed"]);
    expect(told[0]?.title).toBe("ventes: file cannot be read (magasins.csv)");
    expect(first.stdout() + first.stderr()).not.toContain("secret-of");

    const second = startVentes(args, { env });
    await second.said(/does not exist/);
    renameSync(`${file}.away`, file);
    // The gap of a minute between two messages: what is still to be sent is in the file.
    await until("the next message in the outbox, or sent", () => {
      const memory = readFileSync(join(dir, "data", "notified.json"), "utf8");
      return memory.includes('"event":"solved"') || told.length > 1 || undefined;
    });
    await second.stop();
    expect(kindsTold().slice(1)).not.toContain("problem failed");
  });
});

describe("ventes notify", () => {
  it("says which destinations took the test message, without their secrets", async () => {
    const dir = scratchDirectory();
    const taken = await inProcess(["notify", "--data", dir, "--notify", url]);
    expect(taken).toMatchObject({ code: 0, stderr: "" });
    expect(taken.stdout).toMatch(/^json 127\.0\.0\.1:\d+: took the test message\n$/);
    status = 500;
    const refused = await inProcess(["notify", "--data", dir, "--json"], {
      env: { VENTES_NOTIFY: `# a comment\n${url}\n` },
    });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toEqual([
      { destination: expect.stringMatching(/^json 127/), problem: "HTTP 500" },
    ]);
    expect(taken.stdout + refused.stdout + refused.stderr).not.toContain("secret-of");
    expect(told).toHaveLength(2);
  });

  it.each([
    [["notify"], "no destination"],
    [["notify", "--notify", "ftp://secret-of-path"], "--notify, number 1: its scheme is none of these"],
    [["start", "--once", "--notify", "https://example.org/"], "--notify and --once do not go together"],
  ])("%s is wrong usage", async (args, reason) => {
    const ran = await inProcess([...args, "--data", scratchDirectory()]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(reason);
    expect(ran.stderr).not.toContain("secret-of");
  });
});
