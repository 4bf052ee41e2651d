/**
 * The simplest possible diff of a version: all rows in memory, images compared column by column. Tests compare the real
 * diff with it.
 */
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

function duplicates(
  old: Map<number, Line>,
  lines: readonly Line[],
  opened: Line | undefined,
  covered: boolean,
): Map<number, Line> {
  const free = new Map([...old].sort(([a], [b]) => a - b));
  const placed: [number, Line][] = [];
  const others: Line[] = [];
  for (const line of lines) {
    const n = [...free].find(([, image]) => says(image, line))?.[0];
    if (n === undefined) others.push(line);
    else {
      // The image stays: the line has the same values, perhaps in fewer columns.
      placed.push([n, free.get(n) as Line]);
      free.delete(n);
    }
  }
  const rest = covered ? [] : [...free].slice(others.length);
  if (opened !== undefined && rest.length > 0) {
    const at = rest.findIndex(([, image]) => says(image, opened));
    rest.splice(at < 0 ? rest.length - 1 : at, 1);
  }
  const total = placed.length + others.length + rest.length;
  const rows = new Map<number, Line>();
  for (const [n, image] of [...placed, ...rest])
    if (n <= total) rows.set(n, image);
    else others.push(image);
  for (const line of others) {
    let n = 1;
    while (rows.has(n)) n++;
    rows.set(n, old.has(n) ? merge(old.get(n) as Line, line) : line);
  }
  return rows;
}

/** One source: its claims, `topic key dated` -> image. Derived ids have their stem in place of the hash. */
export class ModelSource {
  held: Images = new Map();
  readonly #entity: keyof typeof KEYS;
  readonly #vanished: "rule" | "keep" | "withdraw";
  #first: readonly string[] | undefined;
  #open: { readonly at: number; readonly line: Line; readonly raw: string } | null = null;

  constructor(entity: keyof typeof KEYS, vanished: "rule" | "keep" | "withdraw") {
    this.#entity = entity;
    this.#vanished = vanished;
  }

  /** Rule 9: the days after the first up to the last; for a version of one day, that day. */
  #covers(day: string, days: readonly string[]): boolean {
    if (this.#vanished !== "rule") return this.#vanished === "withdraw";
    const first = days[0];
    const last = days.at(-1);
    if (first === undefined || last === undefined) return false;
    return first === last ? day === first : first < day && day <= last;
  }

  /** False when the version is refused. */
  publish(version: ModelVersion): boolean {
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
    const stems = new Map<string, Line[]>();
    const records = new Map<string, Line>();
    for (const line of version.lines) {
      if (isBad(line)) {
        const raw = rawOf(version.columns, line);
        const n = (rejects.get(raw) ?? 0) + 1;
        rejects.set(raw, n);
        next.set(`rejets ${raw}~${n} `, { raw });
      } else if (identity !== undefined) stems.set(stem(line), [...(stems.get(stem(line)) ?? []), line]);
      else
        records.set(
          `${entity} ${line[KEYS[entity]]} ${entity === "produits" ? (line.date_effet ?? "") : ""}`,
          line,
        );
    }
    for (const [name, line] of records) {
      const old = this.held.get(name);
      next.set(name, old === undefined ? line : merge(old, line));
    }
    const before = new Map<string, Map<number, Line>>();
    for (const [name, image] of this.held) {
      if (name.startsWith("rejets ")) continue;
      if (identity !== undefined) {
        const [key, n] = splitName(name);
        const duplicate = before.get(key) ?? new Map<number, Line>();
        before.set(key, duplicate.set(n, image));
        continue;
      }
      if (next.has(name) || this.#vanished === "withdraw") continue;
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
    const days = version.lines.flatMap((l) => (isBad(l) ? [] : [l.date_vente as string])).sort();
    for (const s of new Set([...before.keys(), ...stems.keys()])) {
      const covered = this.#covers((JSON.parse(s) as [string])[0], days);
      const opened = extended && open.line.quantité !== "x" && stem(open.line) === s ? open.line : undefined;
      for (const [n, image] of duplicates(before.get(s) ?? new Map(), stems.get(s) ?? [], opened, covered))
        next.set(`ventes ${s}~${n} `, image);
    }
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
