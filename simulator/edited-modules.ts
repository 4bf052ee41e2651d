/**
 * Preloaded (`node --import`) into a process that plays a mutant: its edits, which SIMULATOR_MUTANT has as JSON, are applied to the
 * modules while they are loaded. So the tree stays as it is, and all other modules come from the compile cache.
 */
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Edit, edited } from "./mutant.ts";

const ROOT = dirname(import.meta.dirname);

const byModule = new Map<string, Edit[]>();
for (const edit of JSON.parse(process.env.SIMULATOR_MUTANT ?? "[]") as readonly Edit[]) {
  const url = pathToFileURL(join(ROOT, edit.file)).href;
  byModule.set(url, [...(byModule.get(url) ?? []), edit]);
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edits = byModule.get(url);
    if (edits === undefined) return loaded;
    return { ...loaded, source: edits.reduce(edited, Buffer.from(loaded.source as Uint8Array).toString()) };
  },
});
