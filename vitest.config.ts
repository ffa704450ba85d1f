import { defineConfig } from 'vitest/config'
import { memoryForFiles } from './test/harness/fast-files.ts'
import { NoSkips } from './test/harness/no-skips.ts'
import { TestOrder } from './test/harness/test-order.ts'

// Inherited by the process of each test file, and by those that it starts: libraries are compiled once, not two hundred times.
process.env.NODE_COMPILE_CACHE ??= 'node_modules/.cache/compiled'

const memory = memoryForFiles()
if (memory !== undefined) process.env.TMPDIR ??= memory

/** These kill processes, measure memory and time, or need all names of schemas to themselves: each file has a process of its own. */
const alone = ['test/{backup,bin,client,crash,live,process,replicas,supervisor,tracing}/*.test.ts']

const testFiles = ['src/**/*.test.ts', 'test/**/*.test.ts']
const settings = {
  pool: 'forks' as const,
  execArgv: ['--import', './src/app/quick-imports.ts'],
  testTimeout: 20_000,
  expect: { poll: { timeout: 5_000 } },
  hookTimeout: 60_000,
  teardownTimeout: 30_000,
}

export default defineConfig({
  test: {
    globalSetup: 'test/harness/global-setup.ts',
    reporters: process.env.CI ? ['default', new NoSkips()] : ['default'],
    sequence: { sequencer: TestOrder },
    // Much of the time is waiting: for timers, disks and processes that were killed.
    maxWorkers: 3,
    projects: [
      { test: { ...settings, name: 'alone', include: alone } },
      // Files that share a process find the libraries loaded, and warm.
      { test: { ...settings, name: 'together', include: testFiles, exclude: alone, isolate: false } },
    ],
  },
})
