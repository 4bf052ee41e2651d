import { join } from "node:path";
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

/** Test files that change nothing of their process: they use the modules and files of the test alone. */
const SHARING = ["checks/**/*.test.ts", "producer/**/*.test.ts"];
const NEVER = ["**/node_modules/**", "data/**"];

export default defineConfig({
  test: {
    pool: "forks",
    // Many tests wait for processes, brokers and clocks: three at a time even on two cores.
    maxWorkers: 3,
    // Tests of one file that run side by side.
    maxConcurrency: 2,
    sequence: { sequencer: Alternating },
    setupFiles: ["integration-tests/support/leaks.ts"],
    // Here the processes of the tests, and the programs that they start, keep their compiled code.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/compile") },
    reporters: ["default", "json"],
    outputFile: { json: "test-report.json" },
    // Longer than PATIENCE_MS of until.ts, whose error says what is missing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 45_000 } },
    projects: [
      {
        extends: true,
        test: { name: "alone", include: ["**/*.test.ts"], exclude: [...NEVER, ...SHARING] },
      },
      // To start a process and to load the modules takes more than a second of processor: these files share processes.
      { extends: true, test: { name: "shared", include: SHARING, exclude: NEVER, isolate: false } },
    ],
  },
});
