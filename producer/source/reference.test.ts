import { expect, it } from "vitest";
import { parseSourceArgument } from "./argument.ts";
import { sourceId } from "./reference.ts";

it("a source is its URL, or the file: URL of its absolute path", () => {
  expect(sourceId("data/été.csv", "/home/x")).toBe("file:///home/x/data/%C3%A9t%C3%A9.csv");
  expect(sourceId("https://Example.org/a?x=1#y")).toBe("https://example.org/a?x=1");
  expect(() => sourceId("ftp://example.org/a")).toThrow("source.bad_reference");
  expect(() => sourceId("http://")).toThrow("source.bad_reference");
});

it("an entity may stand before it", () => {
  expect(parseSourceArgument("ventes=http://h/x?a=b")).toEqual({
    entities: ["ventes"],
    source: "http://h/x?a=b",
  });
  expect(parseSourceArgument("ventes,produits=http://h/x").entities).toEqual(["produits", "ventes"]);
  expect(parseSourceArgument("http://h/x?a=b")).toEqual({ entities: undefined, source: "http://h/x?a=b" });
  expect(() => parseSourceArgument("clients=x.csv")).toThrow("source.unknown_entity");
});
