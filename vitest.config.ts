import { defineConfig } from 'vitest/config'
import { memoryForFiles } from './test/harness/fast-files.ts'
import { NoSkips } from './test/harness/no-skips.ts'
import { SlowFirst } from './test/harness/slow-first.ts'

// Inherited by the process of each test file, and by those that it starts: libraries are compiled once, not two hundred times.
process.env.NODE_COMPILE_CACHE ??= 'node_modules/.cache/compiled'

const memory = memoryForFiles()
if (memory !== undefined) process.env.TMPDIR ??= memory

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/harness/global-setup.ts',
    reporters: process.env.CI ? ['default', new NoSkips()] : ['default'],
    pool: 'forks',
    execArgv: ['--import', './src/app/quick-imports.ts'],
    sequence: { sequencer: SlowFirst },
    // Much of the time is waiting: for timers, disks and processes that were killed.
    maxWorkers: 3,
    testTimeout: 20_000,
    expect: { poll: { timeout: 5_000 } },
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
})
