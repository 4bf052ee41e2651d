/** A database keeps its id wherever it is moved; a copy gets its own. */
import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { databaseId, openVentes } from "./ventes-db.ts";

const opened = (dir: string, id: string): string => {
  const db = openVentes(dir, id);
  try {
    return databaseId(db);
  } finally {
    db.close();
  }
};

it("a copy of a database has another id from its first opening on; a database that was moved keeps its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "ventes-place-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [first, copy, moved] = ["first", "copy", "moved"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  expect(opened(first, "a")).toBe("a");
  expect(opened(first, "b")).toBe("a");
  cpSync(first, copy, { recursive: true });
  expect(opened(copy, "c")).toBe("c");
  expect(opened(copy, "d")).toBe("c");
  expect(opened(first, "e")).toBe("a");
  renameSync(first, moved);
  expect(opened(moved, "f")).toBe("a");
});
