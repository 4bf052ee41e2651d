/**
 * `npm test [-- FILES]`: runs vitest, then lists the skipped tests with the reasons, and ends with one line of
 * counts. Exits 0 only when nothing failed. VENTES_TEST_REQUIRE=kafka,browser makes a missing part an error.
 */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PARTS, requiredParts, searchOnce } from "../integration-tests/support/require.ts";
import { count, countsLine, type Report, skipReasons } from "./report.ts";
import { ROOT } from "./tree.ts";

const files = process.argv.slice(2);
const REPORT = join(ROOT, "test-report.json");

const runVitest = (args: readonly string[]): Promise<number | null> =>
  new Promise((resolve) => {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [vitest, "run", ...args], { cwd: ROOT, stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    child.on("exit", resolve);
  });

const readReport = (): Report | undefined => {
  try {
    return JSON.parse(readFileSync(REPORT, "utf8")) as Report;
  } catch {
    return undefined; // vitest wrote none: counted as a failure.
  }
};

try {
  searchOnce(files.length === 0 ? PARTS : requiredParts());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

rmSync(REPORT, { force: true });
const exitCode = await runVitest(files);
const report = readReport();
const counts = count(report, exitCode);

const reasons = report === undefined ? [] : skipReasons(report);
if (reasons.length > 0) {
  console.log("\n!! NOT EVERYTHING WAS TESTED:");
  for (const [why, tests] of reasons)
    console.log(`!! ${tests} ${tests === 1 ? "test" : "tests"} skipped. ${why}`);
}
console.log(`\n${countsLine(counts)}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
