import { percentile } from '../report.ts'
import type { Recovery, Steady } from './measure.ts'

const widths = [22, 6, 12, 14, 10, 10, 10, 10, 12]

const printLine = (cells: string[]): void =>
  console.log(
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join(' ')
      .trimEnd(),
  )

export const printSteadyHead = (): void => {
  printLine(['', 'to', 'CPU, 1 core', 'a destination', 'memory', 'adds p50', 'way p99', 'gap', 'arrives'])
}

/** `base`: what the way takes with no relay. The slowest in a hundred are shown as they are: those of two ways do not subtract. */
export const printSteady = (name: string, destinations: number, steady: Steady, base?: Steady): void => {
  printLine([
    name,
    String(destinations),
    `${steady.cpuPercent.toFixed(2)} %`,
    `${(steady.cpuPercent / destinations).toFixed(3)} %`,
    `${steady.peakMegabytes.toFixed(0)} MB`,
    `${(steady.p50Ms - (base?.p50Ms ?? 0)).toFixed(2)} ms`,
    `${steady.p99Ms.toFixed(2)} ms`,
    `${steady.largestGapMs.toFixed(0)} ms`,
    `${steady.megabitsPerSecond.toFixed(2)} Mb/s`,
  ])
}

export const printRecovery = (name: string, { tookMs, notBack, witnessGapMs }: Recovery): void => {
  if (tookMs.length === 0) {
    printFailure(name, 'recovery', 'none came back')
    return
  }
  const [p50, p95] = [0.5, 0.95].map((share) => `${(percentile(tookMs, share) / 1_000).toFixed(2)} s`)
  const lost = notBack === 0 ? '' : `, ${notBack} never`
  console.log(
    `${name.padEnd(22)} ${tookMs.length} back${lost}: p50 ${p50}, p95 ${p95}; another destination's gap ${witnessGapMs.toFixed(0)} ms`,
  )
}

export const printFailure = (name: string, what: string, error: unknown): void => {
  console.log(`${name.padEnd(22)} ${what}: ${error instanceof Error ? error.message : String(error)}`)
}
