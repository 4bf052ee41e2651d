/**
 * The presets. Each is a file of data; to add one, add a file and name it here. The operator's options for a source
 * replace those of its preset, column by column for --map and --set.
 */
import { ventes } from "#shared/contract/entities/index.ts";
import type { Announcement, ReadingOptions } from "#shared/contract/source-records.ts";
import { SourceRefusal } from "../../source/index.ts";
import { excelFr } from "./excel-fr.ts";
import { googleSheets } from "./google-sheets.ts";
import type { Preset } from "./preset.ts";
import { prestashop } from "./prestashop.ts";
import { sage } from "./sage.ts";
import { shopifyOrders } from "./shopify-orders.ts";

export const PRESETS: readonly Preset[] = [googleSheets, excelFr, shopifyOrders, prestashop, sage];

const NAMED_EXTRAS: ReadonlySet<string> = new Set(ventes.extras.map(({ name }) => name));

/** The preset of a name. Throws SourceRefusal (unknown_preset), which lists the presets. */
export function presetNamed(name: string): Preset {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset === undefined)
    throw new SourceRefusal("source.unknown_preset", name, PRESETS.map((one) => one.name).join(", "));
  return preset;
}

/**
 * The options of a source together with those of its preset; its own replace them. `announced`: its last announcement. A
 * source that began before its preset named the number of a document keeps the name that is in its ids. Throws
 * SourceRefusal.
 */
export function resolveReading(own: ReadingOptions, announced?: Announcement): ReadingOptions {
  if (own.preset === undefined) return own;
  const { reading } = presetNamed(own.preset);
  const identity = announced?.identity ?? null;
  const isNamed = ([column]: readonly [string, string]) =>
    identity === null || !NAMED_EXTRAS.has(column) || identity.includes(column);
  const ofPreset = Object.fromEntries(Object.entries(reading.map ?? {}).filter(isNamed));
  const map = { ...ofPreset, ...own.map };
  const set = { ...reading.set, ...own.set };
  return {
    ...reading,
    ...own,
    ...(Object.keys(map).length > 0 ? { map } : {}),
    ...(Object.keys(set).length > 0 ? { set } : {}),
  };
}
