/** Commands take the address of a source as the program shows it, with its secrets masked. */
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { masked } from "#shared/runtime/masked.ts";
import { openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { serve, type TestServer } from "../testing/server.ts";
import { registerCatalogue, removeCatalogue } from "./catalogues.ts";
import { confirmSource } from "./confirm.ts";
import { inspectSource } from "./inspect.ts";
import { moveSource } from "./move.ts";
import { registerSource } from "./register.ts";
import { removeSource } from "./remove.ts";

let pipeline: Pipeline;
let server: TestServer;
beforeEach(async () => {
  pipeline = await openPipeline();
  server = await serve((request, response) => {
    const isAllowed = request.url?.endsWith("token=s3cret") === true;
    response.writeHead(isAllowed ? 200 : 403);
    response.end(request.url?.startsWith("/list") ? "url\nv.csv\n" : "id_magasin,ville\n1,Paris\n");
  });
});
afterEach(async () => {
  await server.close();
  await pipeline.close();
});

it("a source that is named as it is shown is the one that is registered", async () => {
  const full = `${server.url}v.csv?token=s3cret`;
  const shown = masked(full);
  expect(shown).not.toContain("s3cret");
  // Before it is registered, its shown form is no address.
  const refused = { code: "source.masked" };
  expect(await pipeline.run(Effect.flip(registerSource(shown)))).toMatchObject(refused);
  expect(await pipeline.run(Effect.flip(inspectSource(shown)))).toMatchObject(refused);
  await pipeline.run(registerSource(full));
  expect(await pipeline.run(registerSource(shown, { every: 5_000 }))).toMatchObject({
    source: full,
    every: 5_000,
  });
  expect(await pipeline.run(confirmSource(shown, []))).toMatchObject({ source: full });
  const moved = `${server.url}w.csv?token=s3cret`;
  expect(await pipeline.run(moveSource(shown, moved))).toMatchObject({ from: full, to: moved });
  expect(await pipeline.run(Effect.scoped(removeSource(masked(moved), {})))).toMatchObject({ source: moved });
});

it("a name that two sources are shown under is refused", async () => {
  server.answer = (_, response) => response.end("id_magasin,ville\n1,Paris\n");
  for (const token of ["a", "b"]) await pipeline.run(registerSource(`${server.url}v.csv?token=${token}`));
  const error = await pipeline.run(Effect.flip(registerSource(masked(`${server.url}v.csv?token=a`))));
  expect(error).toMatchObject({ code: "source.masked" });
});

it("so is a catalogue", async () => {
  const full = `${server.url}list.csv?token=s3cret`;
  await pipeline.run(registerCatalogue(full));
  const { registered } = await pipeline.run(registerCatalogue(masked(full), { idScope: "{file}" }));
  expect(registered).toMatchObject({ catalogue: full, idScope: "{file}" });
  expect(await pipeline.run(Effect.scoped(removeCatalogue(masked(full))))).toMatchObject({ catalogue: full });
});
