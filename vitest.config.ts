import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Test files that take minutes, most of them in waits: for processes, brokers, containers and clocks. */
const LONG = /\/(?:integration-tests|simulator)\//;

/** A long file and a short one in turn: waits and work share the machine, and no long file is left for the end. */
class Alternating extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [long, short] = [true, false].map((is) => sorted.filter((file) => LONG.test(file.moduleId) === is));
    return sorted.flatMap((_, n) => [long?.[n], short?.[n]].filter((file) => file !== undefined));
  }
}

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "data/**"],
    pool: "forks",
    // Many tests wait for processes, brokers and clocks: three at a time even on two cores.
    maxWorkers: 3,
    sequence: { sequencer: Alternating },
    setupFiles: ["integration-tests/support/leaks.ts"],
    reporters: ["default", "json"],
    outputFile: { json: "test-report.json" },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
