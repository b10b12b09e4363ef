import { defineConfig } from 'vitest/config';

/** Two workers are what two cores carry without starving the agents that process tests start. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/architecture.test.ts', 'test/unit/**/*.test.ts'],
          setupFiles: ['test/support/fail-on-warning.ts'],
          testTimeout: 10_000,
          // No unit test changes what another one could see: a process for each file would double their time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'process',
          include: ['test/process/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/recipes/**/*.test.ts'],
          globalSetup: ['test/support/build-programs.ts'],
          setupFiles: ['test/support/fail-on-warning.ts'],
          testTimeout: 30_000,
          isolate: false,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
