import { defineConfig } from 'vitest/config';

/**
 * Two workers are what two cores carry of unit tests. Process tests wait for other programs much of their time, so three
 * of them keep two cores at work without starving the agents that they start.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          include: ['test/architecture.test.ts', 'test/unit/**/*.test.ts', 'test/workflows/*.test.ts'],
          setupFiles: ['test/support/fail-on-warning.ts'],
          testTimeout: 10_000,
          // No unit test changes what another one could see: a process for each file would double their time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'process',
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
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
