/** What a source may reach depends on who named it (invariant 10). */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embeddedSettings } from "#shared/runtime/settings.ts";
import { rememberNamed } from "./named-files.ts";
import { mayListFolder, trustOf } from "./trust.ts";

let dir: string;
let data: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-trust-"));
  data = join(dir, "data");
  mkdirSync(join(dir, "exports", "sub"), { recursive: true });
  mkdirSync(join(dir, "other"));
  for (const name of ["exports/a.csv", "exports/sub/b.csv", "other/c.csv", "list.txt"])
    writeFileSync(join(dir, name), "x");
  symlinkSync(join(dir, "other", "c.csv"), join(dir, "exports", "link.csv"));
});
afterEach(() => rmSync(dir, { recursive: true }));
const at = (name: string) => pathToFileURL(join(dir, name)).href;

const OPERATOR = { trusted: "operator", throughTopic: true, within: null };
const BY_HAND = { trusted: "operator", throughTopic: false, within: null };
const DISCOVERED = { trusted: "discovered", throughTopic: true, within: null };

describe("what a source may reach", () => {
  it.each([
    ["a URL that an operator named", "http://10.0.0.1/a.csv", undefined, OPERATOR],
    ["an entry on its catalogue's origin", "http://10.0.0.1/a.csv", "http://10.0.0.1/list", OPERATOR],
    ["on another port", "http://10.0.0.1:81/a.csv", "http://10.0.0.1/list", DISCOVERED],
    ["on another scheme", "https://10.0.0.1/a.csv", "http://10.0.0.1/list", DISCOVERED],
    ["on another host", "http://10.0.0.2/a.csv", "http://10.0.0.1/list", DISCOVERED],
    ["a URL in a list on this disk", "http://10.0.0.1/a.csv", "file:///lists/a.txt", DISCOVERED],
    ["a file that a page lists", "file:///etc/passwd", "http://10.0.0.1/list", DISCOVERED],
  ] as const)("%s", (_, source, catalogue, expected) => {
    expect(trustOf({ data }, { source, ...(catalogue === undefined ? {} : { catalogue }) })).toEqual(
      expected,
    );
  });

  it("an entry is where its catalogue was when an operator named it, whatever its name means today", () => {
    const [source, catalogue] = ["https://shop.example/a.csv", "https://shop.example/list"];
    expect(trustOf({ data }, { source, catalogue })).toEqual(DISCOVERED);
    expect(trustOf({ data }, { source, catalogue }, {})).toEqual(DISCOVERED);
    expect(trustOf({ data }, { source, catalogue }, { private: true })).toEqual(OPERATOR);
    // Nobody can give these hosts another address.
    for (const host of ["localhost:8080", "[::1]", "[fd00::1]:81", "192.168.1.4"])
      expect(trustOf({ data }, { source: `http://${host}/a.csv`, catalogue: `http://${host}/` })).toEqual(
        OPERATOR,
      );
  });

  it("a source that an HTTP request named is discovered, in every other case too", () => {
    rememberNamed(data, at("exports/a.csv"));
    for (const source of ["http://10.0.0.1/a.csv", at("exports/a.csv")])
      expect(trustOf({ data }, { source, discovered: true })).toEqual(DISCOVERED);
  });

  it("files in a folder, or beside a list, that was named in this data directory have the same trust", () => {
    for (const [name, within] of [
      ["exports", join(dir, "exports")],
      ["list.txt", null],
    ] as const) {
      const catalogue = at(name);
      const trust = (name: string) => trustOf({ data }, { source: at(name), catalogue });
      expect(trust("exports/a.csv")).toEqual({ ...OPERATOR, within });
      rememberNamed(data, catalogue);
      expect(trust("exports/a.csv")).toEqual({ ...BY_HAND, within });
      expect(trust("exports/sub/b.csv")).toEqual(BY_HAND);
      expect(trust("exports/none.csv")).toEqual({ ...OPERATOR, within });
    }
    // Outside of the folder, by its path or through a link in the folder.
    expect(trustOf({ data }, { source: at("other/c.csv"), catalogue: at("exports") })).toEqual(OPERATOR);
    const within = join(dir, "exports");
    expect(trustOf({ data }, { source: at("exports/link.csv"), catalogue: at("exports") })).toEqual({
      ...OPERATOR,
      within,
    });
  });

  it("a folder may be listed where its files may be read", () => {
    const kafka = { brokers: ["x:1"], tls: null, sasl: null };
    const may = (more: object) => mayListFolder({ ...embeddedSettings(data), ...more }, at("exports/sub"));
    expect(may({})).toBe(true);
    expect(may({ kafka })).toBe(false);
    expect(may({ kafka, files: join(dir, "other") })).toBe(false);
    expect(may({ kafka, files: join(dir, "exports", "sub") })).toBe(true);
    expect(may({ kafka, files: join(dir, "exports") })).toBe(true);
    rememberNamed(data, at("exports/sub"));
    expect(may({ kafka })).toBe(true);
  });
});
