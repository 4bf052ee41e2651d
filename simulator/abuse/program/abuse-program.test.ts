/** The real program under hostile answers, requests and records; VENTES_TEST_ABUSE is how many. */
import { rmSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { scratchFolder } from "../../command-line.ts";
import { abuseProgram } from "./abuse-program.ts";

const INPUTS = Number(process.env.VENTES_TEST_ABUSE ?? 2_000);

it("does not end, is not held up, stays small, reads its healthy source, and obeys a SIGTERM", async () => {
  const folder = scratchFolder("abuse");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { bad, fed } = await abuseProgram({ first: 1, count: INPUTS, folder });
  expect(bad).toEqual([]);
  expect(Object.values(fed).filter((inputs) => inputs === 0)).toEqual([]);
}, 900_000);
