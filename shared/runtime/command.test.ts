/** How messages name the program, so that their commands can be pasted. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { calledAs, placeOf, shellArgument } from "./command.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-"));
  for (const folder of ["app", "bin"]) mkdirSync(join(dir, folder));
  for (const name of ["ventes.js", "other.js"]) writeFileSync(join(dir, "app", name), "");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const called = (file: string, env: Readonly<Record<string, string>> = {}, cwd = dir) =>
  calledAs({ argv: ["node", join(dir, file)], env: { PATH: join(dir, "bin"), ...env }, cwd: () => cwd });

it("npx and npm start: npx ventes", () => {
  symlinkSync(join(dir, "app", "ventes.js"), join(dir, "bin", "ventes"));
  expect(called("bin/ventes", { npm_command: "exec" })).toBe("npx ventes");
  expect(called("app/ventes.js", { npm_command: "start" })).toBe("npx ventes");
});

it("the program that the PATH finds: ventes", () => {
  symlinkSync(join(dir, "app", "ventes.js"), join(dir, "bin", "ventes"));
  expect(called("bin/ventes")).toBe("ventes");
  expect(called("app/ventes.js")).toBe("ventes");
});

it("its file: node and the path from where the user is", () => {
  expect(called("app/ventes.js")).toBe("node app/ventes.js");
  expect(called("app/ventes.js", {}, join(dir, "bin"))).toBe("node ../app/ventes.js");
  // Another program of this name is on the PATH.
  symlinkSync(join(dir, "app", "other.js"), join(dir, "bin", "ventes"));
  expect(called("app/ventes.js")).toBe("node app/ventes.js");
});

it("another program, such as a test: npx ventes", () => {
  expect(called("app/other.js")).toBe("npx ventes");
  expect(calledAs({ argv: [], env: {}, cwd: () => dir })).toBe("npx ventes");
});

it("an argument is quoted where a shell would read it otherwise", () => {
  expect(shellArgument("https://a.example/v.csv?a=1&b=2")).toBe("'https://a.example/v.csv?a=1&b=2'");
  expect(shellArgument("l'été")).toBe("'l'\\''été'");
  expect(shellArgument("file:///srv/v.csv")).toBe("file:///srv/v.csv");
});

it("a command speaks of the installation of the call", () => {
  const place = (given: readonly string[], args = "sources", env = {}) =>
    placeOf({ argv: ["node", "ventes.js", ...given], env, cwd: () => dir }, args).join(" ");
  expect(place(["start", "--once", "--data", "my data"])).toBe("--data 'my data'");
  expect(place(["--namespace=b", "status", "--data=d"])).toBe("--data d --namespace b");
  expect(place(["start", "--data", "d"], "start --data DIR")).toBe("");
  expect(place(["start"])).toBe("");
  expect(place(["producer", "--data", "d", "--namespace", "b"], "sources", { KAFKA_BROKERS: "a:9092" })).toBe(
    "--namespace b",
  );
});
