/**
 * Presets: how the exports of known programs are read. One file each, of data; adding one is adding a file and naming it
 * here. What an operator says of a source is laid over its preset, column by column for --map and --set.
 */
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { SourceRefusal } from "../../source/index.ts";
import { excelFr } from "./excel-fr.ts";
import { googleSheets } from "./google-sheets.ts";
import type { Preset } from "./preset.ts";
import { prestashop } from "./prestashop.ts";
import { sage } from "./sage.ts";
import { shopifyOrders } from "./shopify-orders.ts";

export const PRESETS: readonly Preset[] = [googleSheets, excelFr, shopifyOrders, prestashop, sage];

/** Throws SourceRefusal (unknown_preset), which lists them. */
export function presetNamed(name: string): Preset {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset === undefined)
    throw new SourceRefusal("source.unknown_preset", name, PRESETS.map((one) => one.name).join(", "));
  return preset;
}

/** The options that a source is read with: its own, laid over those of its preset. Throws SourceRefusal. */
export function resolveReading(own: ReadingOptions): ReadingOptions {
  if (own.preset === undefined) return own;
  const { reading } = presetNamed(own.preset);
  const map = { ...reading.map, ...own.map };
  const set = { ...reading.set, ...own.set };
  return {
    ...reading,
    ...own,
    ...(Object.keys(map).length > 0 ? { map } : {}),
    ...(Object.keys(set).length > 0 ? { set } : {}),
  };
}
