/**
 * Measures the producer alone on a folder of CSV files, embedded: rows a second of wall and of processor time, the largest
 * RSS, and a second run that finds nothing new.
 *
 *     node bench/producer.ts FOLDER      # with produits.csv, magasins.csv, ventes.csv
 */
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { registerSource } from "../producer/admin/register.ts";
import { readSourcesOnce } from "../producer/run.ts";

const folder = process.argv[2] ?? ".";
const data = mkdtempSync(join(tmpdir(), "ventes-bench-"));
const live = layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, embeddedSettings(data))));

let peak = 0;
const sampler = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);

const measured = Effect.fnUntraced(function* (name: string) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const statuses = yield* readSourcesOnce();
  const seconds = (performance.now() - wall) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const records = statuses.reduce((n, s) => n + s.records, 0);
  const emitted = statuses.reduce((n, s) => n + s.emitted, 0);
  console.log(
    `${name}: ${records} records, ${emitted} emitted, ${seconds.toFixed(2)} s, ${Math.round(records / seconds)} rows/s, ` +
      `${Math.round(records / ((user + system) / 1e6))} rows/s of processor, peak RSS ${Math.round(peak / 1e6)} MB`,
  );
});

try {
  await Effect.runPromise(
    Effect.gen(function* () {
      const files = ["produits.csv", "magasins.csv", "ventes.csv"].map((name) => join(folder, name));
      for (const file of files) yield* registerSource(file);
      yield* measured("first");
      for (const file of files) utimesSync(file, new Date(), new Date());
      yield* measured("touched");
    }).pipe(Effect.provide(live)),
  );
} finally {
  clearInterval(sampler);
  rmSync(data, { recursive: true, force: true });
}
