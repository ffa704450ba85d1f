import os from 'node:os'
import pg from 'pg'

/** Says on what was measured. */
export const printEnvironment = async (databaseUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ version: string; fsync: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync`,
  )
  await client.end()
  const [cpu] = os.cpus()
  const load = os.loadavg()[0]?.toFixed(1)
  console.log(
    `Node ${process.versions.node}, PostgreSQL ${rows[0]?.version} (fsync ${rows[0]?.fsync}), ` +
      `${os.availableParallelism()} cores of ${cpu?.model.trim()}, load ${load} before the start`,
  )
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export const percentile = (values: number[], share: number): number => {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** One line: what was measured, and whether it keeps to its target. Missing it makes the process fail. */
export const printTarget = (what: string, target: string, isMet: boolean): void => {
  console.log(`${isMet ? 'ok  ' : 'MISS'} ${what} (target ${target})`)
  if (!isMet) process.exitCode = 1
}
