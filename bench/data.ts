/**
 * The data engine, each part beside the least that it can cost, measured in the same run and in turns with it. The jobs
 * run in real `api` and `worker` processes on a PostgreSQL that waits for the disk.
 *
 * 1. Making rows, on one core, beside SHA-256 of the same bytes.
 * 2. A dataset in PostgreSQL with its keys, beside COPY of prepared bytes and the same keys. Target: 300,000 rows/s, and
 *    300 MB in the worker at the most, whatever the number of rows.
 * 3. CSV, beside COPY to a client that drops it. Target: 1,000,000 rows/s.
 * 4. Parquet, beside DuckDB from a file that lies ready. Target: 600,000 rows/s.
 * 5. For scale: NDJSON, XLSX, and faker making the rows as CSV text.
 *
 * Run with `node bench/data.ts [--rows=1000000]`; it takes about a minute. Being slow is no failure.
 */
import { createHash } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { copyOutAndDrop, copyPrepared, writeParquetByDuckdb } from './data-limits.ts'
import { type Backlot, forgetPeak, type JobMeasure, peakMegabytes, startBacklot } from './data-platform.ts'
import {
  collectRows,
  compileBenchTable,
  makeFakerRows,
  makeRows,
  type PreparedRows,
  prepareRows,
} from './data-rows.ts'
import { printComparison, printHeader, printValue, type Rates } from './data-table.ts'
import { printEnvironment } from './report.ts'

/** Above it, everything is measured once, and XLSX not at all. */
const mostRowsRepeated = 2_000_000
const mostRowsMade = 1_000_000
const warmUpRows = 100_000
const fakerRows = 50_000
const peakTargetMegabytes = 300

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const rowCount = Number(values.rows)
if (!Number.isInteger(rowCount) || rowCount < 1_000) throw new Error('--rows: a number from 1,000 on')
const rounds = rowCount > mostRowsRepeated ? 1 : 3

await using opened = new AsyncDisposableStack()
const backlot = await startBacklot(opened)
await printEnvironment(backlot.databaseUrl)
printHeader(rowCount, rounds)
await measureMaking()
const table = await compileBenchTable(rowCount)
const prepared = await prepareRows(table, rowCount, path.join(backlot.dataDir, 'rows.tsv'))
// Loading its modules takes the worker higher than its work does.
forgetPeak(backlot.workerPid)
const datasetId = await measureGenerating(backlot, prepared)
printPeak('generating')
await measureExports(backlot, prepared, datasetId)
printPeak('exporting')
console.log(`load ${os.loadavg()[0]?.toFixed(1)} at the end, this run included`)

function printPeak(doing: string): void {
  const megabytes = peakMegabytes(backlot.workerPid)
  printValue(`worker's peak memory, ${doing}`, megabytes, 'MB', peakTargetMegabytes)
  forgetPeak(backlot.workerPid)
}

async function measureMaking(): Promise<void> {
  const count = Math.min(rowCount, mostRowsMade)
  const table = await compileBenchTable(count)
  const bytes = collectRows(table, count)
  const hashed = () => {
    const hash = createHash('sha256')
    for (const chunk of bytes) hash.update(chunk)
    hash.digest()
  }
  makeRows(table, Math.min(count, warmUpRows))
  const sizeBytes = bytes.reduce((sum, chunk) => sum + chunk.length, 0)
  printValue('a row of ten columns', sizeBytes / count, 'bytes')
  const made: Rates = { what: 'rows made, one core', perSecond: [] }
  const limit: Rates = { what: 'SHA-256', perSecond: [] }
  for (let round = 0; round < rounds; round += 1) {
    made.perSecond.push(rateOf(count, () => makeRows(table, count)))
    limit.perSecond.push(rateOf(count, hashed))
  }
  printComparison(made, [limit])
  makeFakerRows(fakerRows / 10)
  const faker = Array.from({ length: rounds }, () => rateOf(fakerRows, () => makeFakerRows(fakerRows)))
  printComparison({ what: 'faker, as CSV text', perSecond: faker }, [])
}

function rateOf(count: number, work: () => void): number {
  const startedAt = performance.now()
  work()
  return (count * 1_000) / (performance.now() - startedAt)
}

/** @returns the last dataset */
async function measureGenerating({ databaseUrl, generate }: Backlot, rows: PreparedRows): Promise<string> {
  const stored: JobRates = { what: 'into PostgreSQL with keys', perSecond: [], jobs: [] }
  const one: Rates = { what: 'COPY, one connection', perSecond: [] }
  const two: Rates = { what: 'COPY, two connections', perSecond: [] }
  let id = ''
  for (let round = 0; round < rounds; round += 1) {
    const job = await generate(rowCount)
    addJob(stored, job)
    id = job.result.datasetId ?? ''
    one.perSecond.push(await copyPrepared(databaseUrl, tableOf(id), rows, 1))
    two.perSecond.push(await copyPrepared(databaseUrl, tableOf(id), rows, 2))
  }
  printComparison(stored, [one, two], 300_000)
  return id
}

async function measureExports(backlot: Backlot, rows: PreparedRows, datasetId: string): Promise<void> {
  const { databaseUrl, dataDir } = backlot
  const table = tableOf(datasetId)
  const csv: JobRates = { what: 'CSV', perSecond: [], jobs: [] }
  const copyTo: Rates = { what: 'COPY TO, dropped', perSecond: [] }
  const parquet: JobRates = { what: 'Parquet', perSecond: [], jobs: [] }
  const duckdb: Rates = { what: 'DuckDB from a file', perSecond: [] }
  const ndjson: JobRates = { what: 'NDJSON', perSecond: [], jobs: [] }
  for (let round = 0; round < rounds; round += 1) {
    addJob(csv, await backlot.export(datasetId, 'csv', rowCount))
    copyTo.perSecond.push(await copyOutAndDrop(databaseUrl, table, rowCount))
    addJob(parquet, await backlot.export(datasetId, 'parquet', rowCount))
    duckdb.perSecond.push(await writeParquetByDuckdb(rows, path.join(dataDir, 'limit.parquet')))
    addJob(ndjson, await backlot.export(datasetId, 'ndjson', rowCount))
  }
  printComparison(csv, [copyTo], 1_000_000)
  printComparison(parquet, [duckdb], 600_000)
  printComparison(ndjson, [copyTo])
  if (rowCount > mostRowsRepeated) return
  const xlsx: JobRates = { what: 'XLSX, once', perSecond: [], jobs: [] }
  addJob(xlsx, await backlot.export(datasetId, 'xlsx', rowCount))
  printComparison(xlsx, [])
}

type JobRates = Rates & { jobs: JobMeasure[] }

function addJob(rates: JobRates, job: JobMeasure): void {
  rates.jobs.push(job)
  rates.perSecond.push(job.perSecond)
}

function tableOf(datasetId: string): string {
  return `dataset_${datasetId.replaceAll('-', '')}.data`
}
