import fs from 'node:fs'
import path from 'node:path'
import { provideProgram } from '../../../test/harness/provide-program.ts'

const debianPostgres = '/usr/lib/postgresql'
const oldestPostgres = 15

/**
 * What the demonstration needs, installed from Debian's packages first when that is possible.
 * @returns the directory of PostgreSQL's programs, or undefined after it said what is missing
 */
export const providePrograms = async (): Promise<string | undefined> => {
  const packages = ['etcd-server', 'patroni', 'haproxy', 'postgresql']
  const isComplete = await provideProgram(['etcd', 'patroni', 'haproxy', debianPostgres], packages)
  return isComplete ? findPostgres() : undefined
}

/** Debian keeps each major version apart, and out of PATH. */
const findPostgres = (): string | undefined => {
  const newest = fs
    .readdirSync(debianPostgres)
    .map(Number)
    .filter((version) => version >= oldestPostgres)
    .sort((a, b) => b - a)
    .map((version) => path.join(debianPostgres, String(version), 'bin'))
    .find((directory) => fs.existsSync(path.join(directory, 'postgres')))
  if (newest === undefined)
    console.error(`There is no PostgreSQL ${oldestPostgres} or later. Install postgresql.`)
  return newest
}
