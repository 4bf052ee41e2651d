/** POST /sources on the running program: it follows sources that are registered through HTTP, but they may reach less. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { publishFiles } from "../../integration-tests/support/published-files.ts";
import { countOf } from "../../integration-tests/support/query.ts";
import { until } from "../../integration-tests/support/until.ts";
import { scratchDirectory, startVentes } from "../../integration-tests/support/ventes.ts";

const TOKEN = "a-token-of-this-test";
const SHOPS = "id_magasin,ville\nm,Lyon\n";
const SALES = "id_vente,date_vente,id_produit,id_magasin,quantité\n1,2024-01-01,p,m,1\n";

const company = async (env: Record<string, string> = {}) => {
  const data = scratchDirectory();
  const files = await publishFiles({ "m.csv": SHOPS, "v.csv": SALES });
  onTestFinished(files.close);
  const started = startVentes(["start", "--every", "200ms", "--data", data], {
    env: { VENTES_TOKEN: TOKEN, ...env },
  });
  const [, page] = await started.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${page}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { data, files, started, ask };
};

it("registers and follows a source, answers a second request for it, and removes it", async () => {
  const { data, files, started, ask } = await company({ VENTES_ALLOW_PRIVATE: "1" });
  const url = files.url("m.csv");
  expect(await ask("POST", "sources", { url, options: { every: "300ms" } })).toEqual({
    status: 201,
    body: { source: url, entities: ["magasins"], sentence: `${url} is registered (magasins)` },
  });
  // As with `sources add`: it ends the demo.
  await started.said(/a source is registered: the demo ends/);
  await until("the shop", () => countOf(data, "magasins") === 1);
  expect(await ask("POST", "sources", { url })).toMatchObject({ status: 200 });
  const listed = JSON.parse((await ventes(["sources", "--json", "--data", data])).stdout);
  expect(listed).toMatchObject([{ source: url, every: 300, discovered: true }]);

  const refusals = [
    [{ url, entity: "ventes" }, 422, /the given entity is ventes, but the file holds magasins/],
    [{ url: files.url("no.csv") }, 422, /does not exist/],
    [{ url: "m.csv" }, 422, /neither a path nor/],
    [{ url: "ftp://x/m.csv" }, 422, /neither a path nor/],
    [{ url: url.replace("//", "//me:secret@") }, 422, /has a user or password/],
    [{ url, entity: "clients" }, 422, /there is no entity "clients"/],
    [{ url, options: { colour: "red" } }, 422, /no option "colour": give one of these: every, once/],
    [{ url, options: { every: "soon" } }, 422, /every "soon": give 200ms/],
    [{ url: "/etc/hostname" }, 403, /is not allowed: VENTES_FILES/],
  ] as const;
  for (const [body, status, says] of refusals)
    expect(await ask("POST", "sources", body)).toEqual({
      status,
      body: { error: expect.stringMatching(says) },
    });

  // An operator's source is neither changed nor removed through HTTP.
  const sales = files.url("v.csv");
  await ventes(["sources", "add", sales, "--data", data]);
  expect(await ask("POST", "sources", { url: sales, options: { once: true } })).toMatchObject({
    status: 200,
    body: { sentence: `${sales} is followed already (ventes)` },
  });
  expect(await ask("DELETE", `sources?url=${encodeURIComponent(sales)}`)).toMatchObject({ status: 403 });
  expect(await ask("DELETE", `sources?url=${encodeURIComponent(url)}`)).toMatchObject({ status: 200 });
  expect(await ask("DELETE", `sources?url=${encodeURIComponent(url)}`)).toMatchObject({ status: 404 });
  expect(JSON.parse((await ventes(["sources", "--json", "--data", data])).stdout)).toMatchObject([
    { source: sales, once: false },
  ]);
  // Its rows stay.
  expect(countOf(data, "magasins")).toBe(1);
  await started.stop();
});

it("reaches only public addresses, and only files under VENTES_FILES, whether they exist or not", async () => {
  const folder = scratchDirectory();
  const outside = scratchDirectory();
  writeFileSync(join(folder, "m.csv"), SHOPS);
  writeFileSync(join(outside, "v.csv"), SALES);
  const { data, files, started, ask } = await company({ VENTES_FILES: folder });
  expect(await ask("POST", "sources", { url: files.url("m.csv") })).toEqual({
    status: 403,
    body: { error: expect.stringContaining("leads to an address that is private") },
  });
  expect(files.requests).toEqual([]);
  for (const name of ["v.csv", "nothing.csv"])
    expect(await ask("POST", "sources", { url: join(outside, name) })).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining("is not allowed: VENTES_FILES") },
    });
  expect(await ask("POST", "sources", { url: pathToFileURL(join(folder, "m.csv")).href })).toMatchObject({
    status: 201,
  });
  await until("the shop", () => countOf(data, "magasins") === 1);
  await started.stop();
});
