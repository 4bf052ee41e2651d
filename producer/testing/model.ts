/**
 * The simplest possible diff of a version: all rows in memory, images compared column by column. Tests compare the real
 * diff with it. What became of rows that vanish is judged by the same rule 9, which lives.test.ts tests alone.
 */
import { NOTHING_BEFORE, type OrderBefore, Vanishing } from "../diff/index.ts";

export type Line = Readonly<Record<string, string | null>>;

export interface ModelVersion {
  readonly columns: readonly string[];
  readonly lines: readonly Line[];
  /** The last line has no line end. */
  readonly open: boolean;
}

export type Images = Map<string, Line>;

const KEYS = { produits: "id_produit", magasins: "id_magasin", ventes: "id_vente" } as const;

export const rawOf = (columns: readonly string[], line: Line): string =>
  columns.map((c) => line[c] ?? "").join(",");

/** A column that `next` lacks keeps its value. */
function merge(old: Line, next: Line): Line {
  const out: Record<string, string | null> = { ...old, ...next };
  if (!("chiffre_affaires" in next) && ["quantité", "id_produit"].some((c) => c in old && out[c] !== old[c]))
    delete out.chiffre_affaires;
  return out;
}

const text = (line: Line): string =>
  JSON.stringify(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1)));
const says = (image: Line, line: Line): boolean => text(merge(image, line)) === text(image);

/** A row of identical sales: its image, and its place in the version before, 0 if that lacked it. */
interface Placed {
  readonly image: Line;
  readonly place: number;
}

/** Places the lines of identical sales, each with its line number, and shows `vanishing` what became of the rows. */
function duplicates(
  stem: string,
  old: ReadonlyMap<number, Placed>,
  lines: readonly (readonly [number, Line])[],
  opened: Line | undefined,
  vanishing: Vanishing,
): Map<number, Placed> {
  const day = (JSON.parse(stem) as [string])[0];
  const key = `${day}~${stem}`;
  const free = new Map([...old].sort(([a], [b]) => a - b));
  const placed: [number, Placed][] = [];
  const others: (readonly [number, Line])[] = [];
  const stayed: { line: { line: number }; from: { place: number; a: number } }[] = [];
  for (const [at, line] of lines) {
    // Rows that say the same: those of the version before, in its order, then those that had left the file.
    const same = [...free].filter(([, { image }]) => says(image, line));
    const present = same.filter(([, { place }]) => place > 0).sort(([, a], [, b]) => a.place - b.place);
    const alike = lines.filter(([other, l]) => other >= at && present[0] && says(present[0][1].image, l));
    const pairs = vanishing.align(
      present.map(([, { place }]) => place),
      alike.map(([other]) => other),
    );
    const paired = pairs.find(([, nth]) => nth === 0)?.[0];
    const found = paired === undefined ? same.find(([, { place }]) => place === 0) : present[paired];
    if (found === undefined) {
      others.push([at, line]);
      continue;
    }
    const [n, { image, place }] = found;
    // The image stays: the line has the same values, perhaps in fewer columns.
    placed.push([n, { image, place: at }]);
    if (place > 0) stayed.push({ line: { line: at }, from: { place, a: 0 } });
    free.delete(n);
  }
  const present = [...free].filter(([, { place }]) => place > 0);
  const replaceable = [...present, ...[...free].filter(([, { place }]) => place === 0)];
  const left = replaceable.slice(others.length).sort(([a], [b]) => a - b);
  const at = opened === undefined ? -1 : left.findLastIndex(([, { image }]) => says(image, opened));
  const extended = opened === undefined ? [] : left.splice(at < 0 ? left.length - 1 : at, 1);
  const changed = Math.min(others.length, present.length);
  const isEach = others.length === present.length && others.length === replaceable.length;
  const byPlace = present.map(([, { place }]) => place).sort((a, b) => a - b);
  const seen = {
    stayed,
    changed,
    changedPairs: isEach
      ? byPlace.map((place, i) => ({ line: { line: others[i]?.[0] }, from: { place, a: 0 } }))
      : [],
    vanished: present
      .slice(others.length)
      .filter((row) => !extended.includes(row))
      .map(([ordinal, { place }]) => ({ place, ordinal, a: 0 })),
    came: others.slice(replaceable.length).map(([line]) => ({ line })),
    returned: lines.length - stayed.length - changed - Math.max(0, others.length - replaceable.length),
  };
  vanishing.watch?.(key, day, seen as never, day);
  const rest = left
    .filter(([n, { place }]) => !vanishing.deletes(key, n, place, day))
    .map(([n, { image }]): [number, Placed] => [n, { image, place: 0 }]);
  const total = placed.length + others.length + rest.length;
  const rows = new Map<number, Placed>();
  const give = ({ image, place }: Placed) => {
    let n = 1;
    while (rows.has(n)) n++;
    rows.set(n, { image: old.has(n) ? merge((old.get(n) as Placed).image, image) : image, place });
  };
  const displaced: Placed[] = [];
  for (const [n, row] of [...placed, ...rest])
    if (n <= total) rows.set(n, row);
    else displaced.push(row);
  for (const [place, image] of others) give({ image, place });
  for (const row of displaced) give(row);
  return rows;
}

/** One source: its claims, `topic key dated` -> image. Derived ids have their stem in place of the hash. */
export class ModelSource {
  held: Images = new Map();
  readonly #entity: keyof typeof KEYS;
  readonly #vanished: "rule" | "keep" | "withdraw";
  /** The places of sales, and how the file behaved before (rule 9). */
  #places = new Map<string, number>();
  #habit: OrderBefore["habit"] = NOTHING_BEFORE.habit;
  #first: readonly string[] | undefined;
  #open: { readonly at: number; readonly line: Line; readonly raw: string } | null = null;

  constructor(entity: keyof typeof KEYS, vanished: "rule" | "keep" | "withdraw") {
    this.#entity = entity;
    this.#vanished = vanished;
  }

  /** Whether a sale is not in this version. */
  lacksRows({ lines, columns }: ModelVersion): boolean {
    const first = this.#first ?? columns;
    if (first.includes("id_vente")) {
      const ids = new Set(lines.map((l) => `ventes ${l.id_vente} `));
      return [...this.held.keys()].some((name) => name.startsWith("ventes ") && !ids.has(name));
    }
    const identity = [...first].sort();
    const left = lines.map((l) => JSON.stringify([l.date_vente, identity.map((c) => l[c] ?? null)]));
    return [...this.held.keys()].some((name) => {
      if (!name.startsWith("ventes ")) return false;
      const at = left.indexOf(splitName(name)[0]);
      return at < 0 || left.splice(at, 1).length === 0;
    });
  }

  /** False when the version is refused or held. `isOrdered`: the producer knows the order of the version before. */
  publish(version: ModelVersion, isOrdered: boolean): boolean {
    const entity = this.#entity;
    const first = this.#first ?? version.columns;
    const identity = entity !== "ventes" || first.includes("id_vente") ? undefined : [...first].sort();
    if (!(identity ?? [KEYS[entity]]).every((c) => version.columns.includes(c))) return false;
    const dated = new Set(
      entity === "produits" ? version.lines.filter((l) => l.date_effet != null).map((l) => l.id_produit) : [],
    );
    const isBad = (l: Line) =>
      l.quantité === "x" ||
      (entity === "produits" && l.date_effet == null && dated.has(l.id_produit as string));
    const stem = (l: Line) => JSON.stringify([l.date_vente, (identity ?? []).map((c) => l[c] ?? null)]);

    const next: Images = new Map();
    const rejects = new Map<string, number>();
    const stems = new Map<string, (readonly [number, Line])[]>();
    const records = new Map<string, Line>();
    const linesOf = new Map<string, number>();
    for (const [i, line] of version.lines.entries()) {
      if (isBad(line)) {
        const raw = rawOf(version.columns, line);
        const n = (rejects.get(raw) ?? 0) + 1;
        rejects.set(raw, n);
        next.set(`rejets ${raw}~${n} `, { raw });
      } else if (identity !== undefined)
        stems.set(stem(line), [...(stems.get(stem(line)) ?? []), [i + 1, line]]);
      else {
        const name = `${entity} ${line[KEYS[entity]]} ${entity === "produits" ? (line.date_effet ?? "") : ""}`;
        records.set(name, line);
        linesOf.set(name, i + 1);
      }
    }
    for (const [name, line] of records) {
      const old = this.held.get(name);
      next.set(name, old === undefined ? line : merge(old, line));
    }
    const before = new Map<string, Map<number, Placed>>();
    for (const [name, image] of this.held) {
      if (name.startsWith("rejets ")) continue;
      if (identity !== undefined) {
        const [key, n] = splitName(name);
        const duplicate = before.get(key) ?? new Map<number, Placed>();
        before.set(key, duplicate.set(n, { image, place: isOrdered ? (this.#places.get(name) ?? 0) : 1 }));
        continue;
      }
      if (next.has(name) || this.#vanished === "withdraw" || entity === "ventes") continue;
      // The claim is kept, unless a claim of the other kind (dated, undated) replaces it.
      const product = name.slice(0, name.lastIndexOf(" ") + 1);
      const turned = [...records.keys()].some(
        (other) => other.startsWith(product) && (other === product) !== (name === product),
      );
      if (!turned) next.set(name, image);
    }
    const open = this.#open;
    const at = open === null ? undefined : version.lines[open.at];
    const now = at === undefined ? "" : rawOf(version.columns, at);
    const extended = open !== null && now !== open.raw && now.startsWith(open.raw);
    const vanishing = new Vanishing(this.#vanished, {
      ...NOTHING_BEFORE,
      shift: isOrdered ? 0 : null,
      habit: this.#habit,
      hasIds: identity === undefined,
      hasKept: [...this.#places.values()].includes(0),
    });
    const places = new Map<string, number>();
    const given = entity === "ventes" && identity === undefined;
    /** Sales with ids: of the version before, and of this one. */
    const placeGiven = () => {
      for (const name of new Set([...this.held.keys(), ...records.keys()])) {
        if (!name.startsWith("ventes ")) continue;
        const image = this.held.get(name);
        const now = records.get(name);
        const at = image === undefined ? 0 : isOrdered ? (this.#places.get(name) ?? 0) : 1;
        const old = { place: at, ordinal: 0, a: 0 };
        const line = { line: linesOf.get(name) ?? 0 };
        const [day, dayNow] = [image?.date_vente ?? now?.date_vente, now?.date_vente ?? image?.date_vente];
        const id = name.slice("ventes ".length, -1);
        const seen = {
          stayed: now !== undefined && at > 0 ? [{ line, from: old }] : [],
          changed: 0,
          changedPairs: [],
          came: image === undefined ? [line] : [],
          returned: image !== undefined && now !== undefined && at === 0 ? 1 : 0,
          vanished: now === undefined && at > 0 ? [old] : [],
        };
        vanishing.watch?.(id, (at > 0 ? day : dayNow) as string, seen as never, dayNow as string);
        if (now !== undefined) places.set(name, line.line);
        else if (image !== undefined && !vanishing.deletes(id, 0, at, day as string)) {
          next.set(name, image);
          places.set(name, 0);
        }
      }
    };
    const place = () => {
      if (given) placeGiven();
      for (const s of new Set([...before.keys(), ...stems.keys()])) {
        const opened =
          extended && open.line.quantité !== "x" && stem(open.line) === s ? open.line : undefined;
        const rows = duplicates(s, before.get(s) ?? new Map(), stems.get(s) ?? [], opened, vanishing);
        for (const [n, row] of rows) {
          next.set(`ventes ${s}~${n} `, row.image);
          places.set(`ventes ${s}~${n} `, row.place);
        }
      }
    };
    const judges = before.size > 0 || (given && [...this.held.keys()].some((n) => n.startsWith("ventes ")));
    if (judges) {
      const still = new Map(next);
      vanishing.begin();
      place();
      if (vanishing.endFirst()) {
        place();
        if (vanishing.endSecond(version.lines.filter(isBad).length)) return false;
      }
      next.clear();
      places.clear();
      for (const [name, image] of still) next.set(name, image);
    }
    place();
    this.#places = places;
    if (judges) this.#habit = vanishing.after(null).order.habit;
    const same = sameImages(next, this.held);
    this.held = next;
    const last = version.lines.at(-1);
    const opens =
      version.open && last !== undefined
        ? { at: version.lines.length - 1, line: last, raw: rawOf(version.columns, last) }
        : null;
    if (!same || JSON.stringify(opens) !== JSON.stringify(this.#open)) this.#first ??= version.columns;
    this.#open = opens;
    return true;
  }
}

export const splitName = (name: string): readonly [string, number] => {
  const at = name.lastIndexOf("~");
  return [name.slice("ventes ".length, at), Number(name.slice(at + 1))];
};

const sameImages = (a: Images, b: Images): boolean =>
  a.size === b.size &&
  [...a].every(([name, image]) => b.has(name) && text(b.get(name) as Line) === text(image));
