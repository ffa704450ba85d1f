import { defineConfig } from 'vitest/config'
import { NoSkips } from './test/harness/no-skips.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/harness/global-setup.ts',
    reporters: process.env.CI ? ['default', new NoSkips()] : ['default'],
    pool: 'forks',
    // Much of the time is waiting: for timers, disks and processes that were killed.
    maxWorkers: 3,
    testTimeout: 20_000,
    expect: { poll: { timeout: 5_000 } },
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
})
