/** Records that a foreign program may write into the topic `sources`. None of them is a source that can be read. */
import { versionKey } from "#shared/contract/source-records.ts";

export interface HostileRecord {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  /** Set when it is not the partition of the key. */
  readonly partition?: number;
}

const LONG = 600_000;

const registration = (source: unknown, more: object = {}) =>
  JSON.stringify({
    v: 1,
    kind: "source",
    source,
    entities: ["magasins"],
    every: null,
    once: false,
    duplicates: "keep",
    registered: "2026-01-01T00:00:00.000Z",
    ...more,
  });
const catalogue = (id: unknown, more: object = {}) =>
  JSON.stringify({
    v: 1,
    kind: "catalogue",
    catalogue: id,
    every: null,
    once: false,
    duplicates: "keep",
    registered: "2026-01-01T00:00:00.000Z",
    ...more,
  });
const announcement = (source: string, more: object = {}) =>
  JSON.stringify({
    v: 1,
    kind: "version",
    source,
    producer: "foreign",
    published: "2026-01-01T00:00:00.000Z",
    entities: ["magasins"],
    identity: null,
    header: null,
    open: null,
    day: null,
    counts: null,
    ...more,
  });

const named = (id: string, more: object = {}, name = JSON.stringify(id).slice(0, 60)): HostileRecord => ({
  name: `a source named ${name}`,
  key: id,
  value: registration(id, more),
});
const wrong = (name: string, more: object): HostileRecord => {
  const id = `http://127.0.0.1:9/${encodeURIComponent(name)}`;
  return { name, key: id, value: registration(id, more) };
};
const at = (name: string, value: string): HostileRecord => ({
  name,
  key: `http://127.0.0.1:9/${name}`,
  value,
});

/** Records that the status shows as parked. An operator removes each by the name that is shown. */
export const INVALID: readonly HostileRecord[] = [
  named("not a url"),
  named(""),
  named("__proto__"),
  named("constructor"),
  named("http://"),
  named("http://[::zz]/x.csv"),
  named("http://256.256.256.256/x.csv"),
  named("http://exa mple.com/x.csv"),
  named("http://a%zz.example/x.csv"),
  named("ftp://127.0.0.1/x.csv"),
  named("javascript:alert(1)"),
  named("data:text/csv,a"),
  named("C:\\ventes\\x.csv"),
  named("/srv/x.csv"),
  named("FILE:///srv/x.csv"),
  named("file://evil/x.csv"),
  named("file:///a%2Fb.csv"),
  named("file:///%zz.csv"),
  named("file:///a%00b.csv"),
  named("http://127.0.0.1:9/\u0007bell\u001b[31m.csv"),
  named("http://127.0.0.1:9/\u202ecsv.x\n"),
  named(`http://127.0.0.1:9/${"x".repeat(LONG)}`, {}, "with 600,000 characters"),
  { name: "half a registration", key: "half", value: registration("half").slice(0, 40) },
  { name: "bytes that are no JSON", key: "bytes", value: "\u0000\u0001{{{" },
  { name: "null", key: "null", value: "null" },
  { name: "an array", key: "array", value: "[1,2,3]" },
  { name: "a text", key: "text", value: '"source"' },
  { name: "arrays in arrays, 100,000 deep", key: "deep", value: "[".repeat(100_000) + "]".repeat(100_000) },
  { name: "another kind", key: "kind", value: registration("kind", { kind: "toString" }) },
  {
    name: "another version",
    key: "http://127.0.0.1:9/v2",
    value: registration("http://127.0.0.1:9/v2", { v: 2 }),
  },
  {
    name: "another source's key",
    key: "http://127.0.0.1:9/k",
    value: registration("http://127.0.0.1:9/other"),
  },
  at("its source an array", registration(["http://127.0.0.1:9/x"])),
  at("its source a number", registration(17)),
  wrong("unknown entities", { entities: ["clients"] }),
  wrong("no entity", { entities: [] }),
  wrong("an entity twice", { entities: ["magasins", "magasins"] }),
  wrong("entities a text", { entities: "magasins" }),
  wrong("a negative every", { every: -5 }),
  wrong("an every of zero", { every: 0 }),
  wrong("an every that is NaN", { every: "NaN" }),
  wrong("an every of 1e400", { every: "1e400" }),
  wrong("a reread of 500,000 characters", { reread: "x".repeat(500_000) }),
  wrong("once a text", { once: "true" }),
  wrong("unknown duplicates", { duplicates: "maybe" }),
  wrong("reading a text", { reading: "csv" }),
  wrong("an unknown delimiter", { reading: { delimiter: "(?<" } }),
  wrong("a map of arrays", { reading: { map: { ville: ["a", "b"] } } }),
  wrong("conditions that are texts", { reading: { where: ["ville=Paris"] } }),
  {
    name: "a catalogue of another host's file",
    key: "file://evil/list.txt",
    value: catalogue("file://evil/list.txt"),
  },
  { name: "a catalogue that is no URL", key: "a list", value: catalogue("a list") },
  {
    name: "a catalogue polled all the time",
    key: "http://127.0.0.1:9/list",
    value: catalogue("http://127.0.0.1:9/list", { every: -1 }),
  },
];

/** Valid registrations of sources that cannot be read. `file`: a source that can be read. */
export const unreadableOf = (file: string): readonly HostileRecord[] => {
  const options = (name: string, reading: object): HostileRecord => {
    const id = `${file}?${encodeURIComponent(name)}`;
    return { name, key: id, value: registration(id, { reading }) };
  };
  return [
    options("an unknown preset", { preset: "__proto__" }),
    options("an unknown encoding", { encoding: "klingon" }),
    options("columns without names", { columns: ["", "", ""] }),
    options("an expression for a column", { map: { ville: "(?<" } }),
    options("a column that there is none of", { set: { toString: "x" } }),
    named("http://127.0.0.1:0/x.csv"),
    named(`file:///${"x".repeat(5_000)}.csv`, {}, "by a path that is too long"),
    named("file:///dev/null/x.csv"),
    named("file:///#x.csv"),
  ];
};

/** Records that the producer ignores: announcements, and records that name no source. `healthy`: a readable source. */
export const announcementsOf = (healthy: string): readonly HostileRecord[] => {
  const key = versionKey(healthy);
  const counts = {
    records: -1,
    emitted: -1,
    unchanged: 0,
    superseded: 0,
    rejected: -1,
    vanished: 0,
    rounded: 0,
  };
  return [
    { name: "half an announcement", key, value: announcement(healthy).slice(0, 50) },
    {
      name: "an announcement of an unknown entity",
      key,
      value: announcement(healthy, { entities: ["clients"] }),
    },
    { name: "counts below zero", key, value: announcement(healthy, { counts }) },
    { name: "an open line below zero", key, value: announcement(healthy, { open: { line: -7, raw: "x" } }) },
    { name: "another source's announcement", key, value: announcement("http://127.0.0.1:9/other") },
    {
      name: "a header line below zero",
      key,
      value: announcement(healthy, {
        reading: { encoding: "x", delimiter: "", quote: null, escape: null, headerLine: -1, columns: {} },
      }),
    },
    { name: "a day that is none", key, value: announcement(healthy, { day: "9999-99-99" }) },
    { name: "a header of numbers", key, value: announcement(healthy, { header: [1, 2] }) },
  ];
};
