import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "data/**"],
    pool: "forks",
    // Many tests wait for processes, brokers and clocks: two at a time even on two cores.
    maxWorkers: 2,
    setupFiles: ["integration-tests/support/leaks.ts"],
    reporters: ["default", "json"],
    outputFile: { json: "test-report.json" },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
