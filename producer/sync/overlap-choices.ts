/** The ways to decide about sales that two sources hold: what each does, and its commands. */
import { SALE_KEY } from "../rows/index.ts";
import type { Choice } from "../source/index.ts";
import { areEqual } from "./family.ts";
import type { OpenedVersion } from "./opened-version.ts";
import type { Comparison, Family } from "./sale-comparison.ts";

/** A command with more sources is no help. */
const MOST_SOURCES = 31;
/** What a sale says at least: sales with other columns can be told apart by these alone. */
const COLUMNS = ["date_vente", "id_magasin", "id_produit", "quantité"] as const;

export function overlapChoices(
  opened: OpenedVersion,
  family: Family,
  comparison: Comparison,
): readonly Choice[] {
  return [
    ...oneIdentity(opened, family, comparison),
    ...withoutThis(opened, family, comparison),
    ...withoutThose(opened, family, comparison),
    { code: "otherSales" },
  ];
}

/** Sales with the same identity columns are one sale each, in whichever source (rule 5). */
function oneIdentity(
  { registration, version, before, producer }: OpenedVersion,
  { identity, members, match }: Family,
  { isFirst }: Comparison,
): readonly Choice[] {
  const { source, catalogue, idScope } = registration;
  const { registry } = producer;
  const others = [...members.keys()];
  const areListed = others.some((other) => registry.registration(other)?.catalogue !== undefined);
  const areScoped = others.some((other) => registry.registration(other)?.idScope !== undefined);
  if (catalogue !== undefined || idScope !== undefined || areScoped) return [];
  const names = new Set(version.main.names);
  const wanted = (columns: readonly string[], isNew: boolean) => [
    "--key",
    [...columns].sort().join(","),
    ...(isNew ? [] : ["--rekey"]),
  ];
  const isNew = before?.identity == null;
  const isPlain = (columns: readonly string[]) => columns.every((name) => !/[,\s]/.test(name));
  if (!identity.includes(SALE_KEY) && identity.every((name) => names.has(name)) && isPlain(identity))
    return [{ code: "oneSale", commands: [["sources", "add", source, ...wanted(identity, isNew)]] }];
  const common = identity.filter((name) => names.has(name) && name !== SALE_KEY);
  const isEnough = COLUMNS.every((name) => common.includes(name)) && isPlain(common);
  if (!isEnough || areListed || identity.includes(SALE_KEY) || others.length > MOST_SOURCES) return [];
  const own = before?.identity ?? version.identity;
  const mine = isNew && areEqual(own, common) ? [] : [["sources", "add", source, ...wanted(common, isNew)]];
  return [
    {
      code: "oneSale",
      commands: [...others.map((other) => ["sources", "add", other, ...wanted(common, false)]), ...mine],
      ...(isFirst ? { common: match.common } : {}),
    },
  ];
}

/** To do without this source loses nothing when the others have all of its new sales. */
function withoutThis(
  { registration }: OpenedVersion,
  { match, days }: Family,
  { isFirst, count }: Comparison,
): readonly Choice[] {
  if (match.common < match.mine || (isFirst && match.common < count) || days.length === 0) return [];
  return [{ code: "leaveSource", commands: [["sources", "remove", registration.source]] }];
}

/** The rows of the others go, and those of this source come. */
function withoutThose(
  { producer }: OpenedVersion,
  { members, match }: Family,
  comparison: Comparison,
): readonly Choice[] {
  const { state } = producer;
  const sources = [...members.keys()].sort();
  if (match.common < match.its || sources.length > MOST_SOURCES) return [];
  const isWhole = sources.every((source) =>
    state.days.daysOf(state.source(source).id).every((day) => comparison.hasDay(day)),
  );
  if (!isWhole) return [];
  return [
    {
      code: "replaceSources",
      commands: sources.map((source) => ["sources", "remove", source, "--withdraw"]),
    },
  ];
}
