/**
 * Counts a vitest JSON report so that no failure is missed: a file that cannot be imported, a failing hook and an
 * unhandled error leave numFailedTests at 0, but are failures here.
 */

/** The reason of a skip as it stands in a title: see integration-tests/support/describe-with.ts. */
const SKIP_REASON = / \[without (?<part>\w+): (?<why>[^\]]*)\]/;

export interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const isSkipped = ({ status }: { readonly status: string }): boolean =>
  status === "skipped" || status === "pending" || status === "todo";

/** `report` is undefined when vitest wrote none; `exitCode` is vitest's own. */
export const count = (report: Report | undefined, exitCode: number | null): Counts => {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const filesWithoutTest = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const failed = report.numFailedTests + filesWithoutTest.length;
  const clean = report.success && exitCode === 0;
  return {
    passed: report.numPassedTests,
    failed: clean ? failed : Math.max(1, failed),
    // The total of vitest leaves out those of a suite that is skipped inside a skipped suite.
    skipped: report.testResults.flatMap((file) => file.assertionResults).filter(isSkipped).length,
  };
};

export const countsLine = (counts: Counts): string =>
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;

/** For each reason why tests were skipped, how many, most first: "Kafka absent: ...". */
export const skipReasons = (report: Report): readonly (readonly [why: string, tests: number])[] => {
  const reasons = new Map<string, number>();
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (!isSkipped(test)) continue;
      const why = SKIP_REASON.exec(test.fullName)?.groups?.why ?? `skipped by its author in ${file.name}`;
      reasons.set(why, (reasons.get(why) ?? 0) + 1);
    }
  }
  return [...reasons].sort((a, b) => b[1] - a[1]);
};
