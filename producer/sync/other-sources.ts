/** A version of which something is unclear because of other sources is read again when these have changed. */
import { hash } from "node:crypto";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { Registry } from "../source/index.ts";

/** Whether a version is held back because of sales of other sources (rule 23). */
export const isAboutOthers = (doubts: readonly DoubtReport[] | undefined): boolean =>
  doubts?.some(({ code }) => code === "overlap") === true;

/** What another producer published at the same moment (raced.ts). */
const RACED: ReadonlySet<string> = new Set(["ids.collision", "overlap", "sales.shared"]);

export const isRaced = (attention: readonly DoubtReport[] | undefined): boolean =>
  attention?.some(({ code, weight }) => weight === "attention" && RACED.has(code)) === true;

/** Stands for the ids that the other sources of sales have or will have, and for which of them have sales at all. */
export function othersOf(registry: Registry, source: string): string {
  const others = registry
    .announced()
    .filter(([other, { value }]) => other !== source && value.entities.includes("ventes"))
    .map(([other, { value }]) => {
      const { reading, idScope } = registry.registration(other) ?? {};
      return JSON.stringify([
        other,
        value.identity,
        reading?.key ?? null,
        idScope ?? null,
        value.rekeyed ?? null,
      ]);
    });
  return hash("sha256", others.sort().join("\n"), "base64url");
}
