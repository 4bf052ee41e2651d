/** The bundled files are what the generator writes, and the server answers HTTP as a producer needs it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { liveSales, salesFile } from "./company.ts";
import { FILES, FOLDER } from "./generate.ts";
import { type DemoServer, serveDemo } from "./server.ts";

let demo: DemoServer | undefined;
afterEach(async () => {
  await demo?.close();
  demo = undefined;
});

describe("the bundled files", () => {
  it.each(Object.keys(FILES))("%s is what the generator writes", (name) => {
    expect(readFileSync(join(FOLDER, name), "utf8")).toBe(FILES[name]?.());
  });

  it("500 sales with returns, a correction, two identical sales and three bad lines", () => {
    const [, ...lines] = salesFile().trimEnd().split("\n");
    const bad = lines.filter((l) => l.startsWith("V9"));
    const good = lines.filter((l) => !l.startsWith("V9")).map((l) => l.split(","));
    const ids = good.map(([id]) => id);
    expect(bad).toHaveLength(3);
    expect(new Set(ids).size).toBe(500);
    expect(ids.length - new Set(ids).size, "corrections").toBe(1);
    expect(good.filter(([, , , , quantity]) => Number(quantity) < 0).length).toBeGreaterThan(5);
    const [a, b] = [ids.indexOf("V00300"), ids.indexOf("V00301")].map((i) => good[i]?.slice(1));
    expect(a).toEqual(b);
  });

  it("the live sales are the same every time, with returns and corrections among them", () => {
    const take = () => {
      const sales = liveSales(() => "2026-01-02");
      return Array.from({ length: 200 }, () => sales.next().value);
    };
    const lines = take();
    expect(take()).toEqual(lines);
    expect(lines.every((l) => /^V\d{5},2026-01-02,P0[1-8],M[1-7],(-1|\d+)$/.test(l))).toBe(true);
    expect(lines.some((l) => l.endsWith(",-1"))).toBe(true);
    expect(new Set(lines.map((l) => l.slice(0, 6))).size).toBeLessThan(200);
  });
});

describe("the server", () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${demo?.port}${path}`, { headers });

  it("answers 304 while the file has not changed, and 200 with the whole file after a sale", async () => {
    demo = await serveDemo({ growEvery: null, day: () => "2026-01-02" });
    const first = await get("/ventes.csv");
    const etag = first.headers.get("etag") ?? "";
    const text = await first.text();
    expect(first.status).toBe(200);
    const same = await get("/ventes.csv", { "if-none-match": `W/${etag}` });
    expect([same.status, await same.text()]).toEqual([304, ""]);
    const line = demo.grow();
    const changed = await get("/ventes.csv", { "if-none-match": etag });
    expect([changed.status, await changed.text()]).toEqual([200, `${text}${line}\n`]);
  });

  it("answers with the requested byte range", async () => {
    demo = await serveDemo({ growEvery: null });
    const whole = Buffer.from(await (await get("/ventes.csv")).arrayBuffer());
    const size = whole.length;
    for (const [range, from, to] of [
      ["bytes=0-9", 0, 9],
      [`bytes=${size - 5}-`, size - 5, size - 1],
      ["bytes=-7", size - 7, size - 1],
      ["bytes=10-999999999", 10, size - 1],
    ] as const) {
      const part = await get("/ventes.csv", { range });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-range")).toBe(`bytes ${from}-${to}/${size}`);
      expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(from, to + 1));
    }
    const past = await get("/ventes.csv", { range: `bytes=${size}-` });
    expect([past.status, past.headers.get("content-range")]).toEqual([416, `bytes */${size}`]);
    const stale = await get("/ventes.csv", { range: "bytes=0-9", "if-range": '"other"' });
    expect(stale.status).toBe(200);
  });

  it("serves three files and nothing else", async () => {
    demo = await serveDemo({ growEvery: null });
    expect((await get("/../server.ts")).status).toBe(404);
    expect((await get("/")).status).toBe(404);
    expect((await fetch(demo.urls[0] ?? "", { method: "POST" })).status).toBe(405);
    expect(await (await fetch(demo.urls[0] ?? "", { method: "HEAD" })).text()).toBe("");
  });

  it("grows by itself", async () => {
    demo = await serveDemo({ growEvery: 5 });
    const size = async () => (await (await get("/ventes.csv")).arrayBuffer()).byteLength;
    const before = await size();
    await expect.poll(size, { interval: 5 }).toBeGreaterThan(before);
  });
});
