/** A source that is removed with its rows, where the topics refuse a part of it. */
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSourcesOnce } from "../run.ts";
import { allEvents, claimsOf, listSources, openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { catalogueId, registerCatalogue, removeCatalogue } from "./catalogues.ts";
import { nameSource } from "./name.ts";
import { registerSource } from "./register.ts";
import { removeSource } from "./remove.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
  pipeline.write("v.csv", "id_vente,date_vente,id_produit,id_magasin,quantité", "1,2024-01-01,p,m,1");
  await pipeline.run(registerSource(pipeline.pathOf("v.csv"), { every: 5_000 }));
  await pipeline.run(readSourcesOnce());
});
afterEach(() => pipeline.close());

const source = () => pathToFileURL(pipeline.pathOf("v.csv")).href;
const removed = () => removeSource(source(), { withdraw: true });
const registrations = async () => (await pipeline.run(listSources)).map(({ registration }) => registration);
const claims = async () => claimsOf(await pipeline.run(allEvents), source()).size;
/** The n-th publish from now, from 0, fails. Of a removal: the registration, the takeover, one topic's fences after the other. */
const failing = (after: number) => {
  pipeline.fault = { after, kind: "uncertain", stored: false };
};

it("is followed as before, when its rows cannot be withdrawn", async () => {
  const before = await registrations();
  for (const after of [1, 2, 3]) {
    failing(after);
    const error = await pipeline.run(Effect.flip(removed()));
    expect(error).toMatchObject({
      code: "source.still_followed",
      message: expect.stringMatching(
        /is followed as before, .*: no answer; .* sources remove \S+v\.csv --withdraw$/,
      ),
    });
    expect([await registrations(), await claims()]).toEqual([before, 1]);
  }
  expect(await pipeline.run(removed())).toEqual({ source: source(), withdrawn: 1 });
  expect([await registrations(), await claims()]).toEqual([[], 0]);
});

it("of a catalogue is followed as before with its catalogue", async () => {
  await pipeline.run(removed());
  const { registered } = await pipeline.run(registerCatalogue(catalogueId(pipeline.pathOf(""))));
  await pipeline.run(readSourcesOnce());
  const before = await registrations();
  expect([before.length, await claims()]).toEqual([1, 1]);
  const removedWhole = Effect.scoped(removeCatalogue(registered.catalogue, { withdraw: true }));
  failing(2);
  expect(await pipeline.run(Effect.flip(removedWhole))).toMatchObject({ code: "source.still_followed" });
  expect([await registrations(), await claims()]).toEqual([before, 1]);
  expect(await pipeline.run(removedWhole)).toMatchObject({ entries: 1, withdrawn: 1 });
  expect([await registrations(), await claims()]).toEqual([[], 0]);
});

it("is said to be half removed, when rows may be withdrawn; the same command withdraws the rest", async () => {
  failing(4);
  const error = await pipeline.run(Effect.flip(removed()));
  expect(error).toMatchObject({ code: "source.half_removed" });
  expect([await registrations(), await claims()]).toEqual([[], 1]);
  expect(await pipeline.run(removed())).toEqual({ source: source(), withdrawn: 1 });
  expect(await claims()).toBe(0);
});

it("has a name that can be seen, and that reorders no text", async () => {
  for (const name of ["a\u202eb", "a\u2028b", "a\nb", "\u200b", "\u3164\u2800", "\ud800", "x".repeat(81)])
    expect(await pipeline.run(Effect.flip(nameSource(source(), name))), JSON.stringify(name)).toMatchObject({
      code: "source.bad_name",
    });
  for (const name of ["<b>Zoé & fils</b>", "❤️ 👩‍👧", "שוק", "x".repeat(80)])
    expect(await pipeline.run(nameSource(source(), name))).toMatchObject({ name });
});
