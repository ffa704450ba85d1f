import { type Survey, surveyDatabase, withSurveyor } from '../../platform/backup/survey.ts'
import { migrate } from '../../platform/database/migrate.ts'
import type { RoleConfig } from '../join-database.ts'

export type RehearsalOptions = { config: RoleConfig; signal: AbortSignal; say: (line: string) => void }
export type Rehearsal = {
  before: Survey
  after: Survey
  bytes: number
  cloneMs: number
  migrateMs: number
  /** What would be lost or wrong. */
  faults: string[]
  /** What is new, and is no fault. */
  changes: string[]
}

/** Migrates a clone, and compares what is in it before and after. */
export const rehearseOn = async (
  { url, ssl = false }: { url: string; ssl?: boolean },
  { signal, say }: Pick<RehearsalOptions, 'signal' | 'say'>,
): Promise<Pick<Rehearsal, 'before' | 'after' | 'migrateMs' | 'faults' | 'changes'>> => {
  const survey = () =>
    withSurveyor({ url, ssl, signal }, (client) => surveyDatabase(client, { withIds: true }))
  say('reading every table of the clone')
  const before = await survey()
  signal.throwIfAborted()
  say('migrating the clone')
  const startedAt = performance.now()
  await migrate(url, ssl)
  const migrateMs = performance.now() - startedAt
  signal.throwIfAborted()
  say('reading every table again')
  const after = await survey()
  return { before, after, migrateMs, ...compareSurveys(before, after) }
}

/** Lists of what was migrated grow by a migration; every other table keeps its rows and their ids. */
const ownLists = /^(drizzle\.|bullmq\.)/

export const compareSurveys = (before: Survey, after: Survey): { faults: string[]; changes: string[] } => {
  const faults = after.orphans.filter((orphan) => !before.orphans.includes(orphan))
  const changes: string[] = []
  for (const [name, was] of before.tables) {
    const is = after.tables.get(name)
    const list = ownLists.test(name) ? changes : faults
    if (is === undefined) list.push(`${name} with ${was.rows} rows would be gone`)
    else if (is.rows !== was.rows) list.push(`${name} would have ${is.rows} rows instead of ${was.rows}`)
    else if (is.ids !== was.ids) list.push(`${name} would have other ids`)
  }
  for (const [name, { rows }] of after.tables)
    if (!before.tables.has(name)) changes.push(`${name} is new, with ${rows} rows`)
  return { faults, changes }
}
