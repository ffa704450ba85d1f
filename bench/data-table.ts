import { median } from './report.ts'

/** The rounds of one measurement. `jobs`: what they cost whom, in microseconds of CPU time a row. */
export type Rates = { what: string; perSecond: number[]; jobs?: { workerUs: number; postgresUs: number }[] }

const widths = [38, 18, 40, 7, 0]

const printLine = (...cells: string[]): void =>
  console.log(
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join(' ')
      .trimEnd(),
  )

const inRows = (perSecond: number): string => `${Math.round(perSecond).toLocaleString('en')} rows/s`

export const printHeader = (rowCount: number, rounds: number): void => {
  console.log(`${rowCount.toLocaleString('en')} rows, median of ${rounds}\n`)
  printLine('measure', 'value', 'limit', 'ratio', 'target')
}

export const printComparison = (ours: Rates, limits: Rates[], target?: number): void => {
  const value = median(ours.perSecond)
  const cells = limits.map((limit) => {
    const ratios = ours.perSecond.map(
      (perSecond, round) => perSecond / (limit.perSecond[round] ?? Number.NaN),
    )
    return [`${inRows(median(limit.perSecond))} ${limit.what}`, median(ratios).toFixed(2)]
  })
  const [first = ['', ''], ...more] = cells
  printLine(
    ours.what,
    inRows(value),
    ...first,
    target === undefined ? '' : verdict(inRows(target), value >= target),
  )
  for (const each of more) printLine('', '', ...each)
  const { jobs = [] } = ours
  if (jobs.length === 0) return
  const [worker, postgres] = [jobs.map((job) => job.workerUs), jobs.map((job) => job.postgresUs)].map(median)
  printLine(`  CPU a row: worker ${worker?.toFixed(2)} us, PostgreSQL ${postgres?.toFixed(2)} us`)
}

/** `target`: what the value may be at the most. */
export const printValue = (what: string, value: number, unit: string, target?: number): void => {
  const aim = target === undefined ? '' : verdict(`${target} ${unit}`, value <= target)
  printLine(what, `${value.toFixed(0)} ${unit}`, '', '', aim)
}

const verdict = (target: string, isMet: boolean): string => `${target}: ${isMet ? 'met' : 'MISSED'}`
