/** The log as lines of JSON (VENTES_LOG=json). */
import { expect, it } from "vitest";
import { scratchDirectory, ventes } from "../../integration-tests/support/ventes.ts";
import { logLine } from "./stdout.ts";

const NOW = new Date("2026-03-02T10:00:00.000Z");

it("a line has the time, the level and the message without the program's name, in one line", () => {
  const line = logLine("ventes: a message\nwith a trace\n", "error", NOW);
  expect(line.endsWith("\n")).toBe(true);
  expect(line.trimEnd()).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    time: "2026-03-02T10:00:00.000Z",
    level: "error",
    message: "a message\nwith a trace",
  });
});

it("holds no secret and no control character", () => {
  const line = logLine("https://marie:hidden@example.org/v.csv?token=hidden \u001b[2J \u202e", "info", NOW);
  expect(line).not.toContain("hidden");
  expect(line).not.toContain("\u001b");
  expect(line).not.toContain("\u202e");
});

it("with VENTES_LOG=json all of stderr is JSON, the last error too; another value is refused", async () => {
  const args = ["start", "--once", "/nowhere/ventes.csv", "--data", scratchDirectory()];
  const ran = await ventes(args, { env: { VENTES_LOG: "json" } });
  expect(ran.code).toBe(1);
  const lines = ran.stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({
    level: "error",
    message: expect.stringContaining("/nowhere/ventes.csv"),
  });
  const misspelt = await ventes(["status", "--nope"], { env: { VENTES_LOG: "json" } });
  expect(JSON.parse(misspelt.stderr)).toMatchObject({ level: "error" });
  const refused = await ventes(["status"], { env: { VENTES_LOG: "xml" } });
  expect(refused).toMatchObject({ code: 2, stderr: 'ventes: VENTES_LOG is "xml": json or text\n' });
});
