import { expect, it } from "vitest";
import { count, countsLine, type Report, skipReasons } from "./report.ts";

const report = (more: Partial<Report>): Report => ({
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  testResults: [],
  ...more,
});

const file = (status: string, ...tests: readonly (readonly [status: string, fullName: string])[]) => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map(([status, fullName]) => ({ status, fullName })),
});

it("counts what vitest counts", () => {
  const skipping = report({
    testResults: [file("passed", ["pending", "x"], ["todo", "y"], ["skipped", "z"])],
  });
  expect(countsLine(count(skipping, 0))).toBe("3 passed, 0 failed, 3 skipped");
  const failing = report({
    success: false,
    numFailedTests: 2,
    testResults: [file("failed", ["failed", "x"])],
  });
  expect(count(failing, 1).failed).toBe(2);
});

it("counts a file that failed without a failed test", () => {
  const broken = report({ success: false, testResults: [file("failed"), file("failed", ["passed", "x"])] });
  expect(count(broken, 1).failed).toBe(2);
});

it("counts an unhandled error, a bad exit and a missing report as one failure at least", () => {
  expect(count(report({ success: false }), 1).failed).toBe(1);
  expect(count(report({}), 1).failed).toBe(1);
  expect(count(report({}), null).failed).toBe(1);
  expect(count(undefined, 0).failed).toBe(1);
});

it("says why tests were skipped", () => {
  const why = "Kafka absent: KAFKA_BROKERS is not set and Docker does not answer";
  const title = `the log on Kafka [without kafka: ${why}] keeps order`;
  const skipped = report({
    testResults: [
      file("passed", ["skipped", title], ["skipped", title], ["pending", "other"], ["passed", "z"]),
    ],
  });
  expect(skipReasons(skipped)).toEqual([
    [why, 2],
    ["skipped by its author in a.test.ts", 1],
  ]);
});
