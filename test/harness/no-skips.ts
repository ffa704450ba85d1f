import type { Reporter, TestModule } from 'vitest/node'

/** In CI a test that was skipped is a failure: what the machine lacks has to be installed, or said elsewhere. */
export class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')])
    if (skipped.length === 0) return
    for (const test of skipped) console.error(`SKIPPED in CI: ${test.fullName}`)
    process.exitCode = 1
  }
}
