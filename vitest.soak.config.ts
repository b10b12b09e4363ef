import { defineConfig } from 'vitest/config';

/** Seeded kill and fault trials: longer than the suite of every day. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.test.ts'],
    globalSetup: ['test/support/build-programs.ts'],
    maxWorkers: 1,
    testTimeout: 120_000,
  },
});
