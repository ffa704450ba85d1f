import path from 'node:path'
import { StartFault } from '../process/start-fault.ts'
import { contradictionsOfImages } from './image-variables.ts'
import { contradictionsOfOAuth } from './oauth-variables.ts'
import { isUsableRpId } from './passkey-variables.ts'
import { type Environment, readEnvironment } from './read-environment.ts'
import { toConfig } from './to-config.ts'
import { secretVariables, type Variables, variables } from './variables.ts'

export type Config = ReturnType<typeof toConfig>

const longestShownValue = 60

/**
 * Reads the whole configuration: the environment, `.env` and secret files. Relative paths count from `directory`.
 * Makes SECRET_KEY in the data directory when none is given, unless the caller has no use for it and must leave the directory
 * as it is: then the key is empty. The warnings are for whoever starts Backlot.
 * @throws StartFault with one line for each fault.
 */
export const loadConfig = (
  env: Environment,
  directory: string,
  { makesSecretKey = true } = {},
): { config: Config; warnings: string[] } => {
  const { values, faults, warnings } = readEnvironment(env, directory)
  const parsed = variables.safeParse(values)
  for (const issue of parsed.error?.issues ?? [])
    faults.push(faultLine(String(issue.path[0]), issue.message, values))
  if (!parsed.success) throw new StartFault(faults.join('\n'))
  faults.push(...contradictions(parsed.data))
  if (faults.length > 0) throw new StartFault(faults.join('\n'))
  warnings.push(...uselessSettings(parsed.data))
  const resolve = (given: string) => path.resolve(directory, given)
  return { config: toConfig(parsed.data, resolve, makesSecretKey), warnings }
}

const faultLine = (name: string, message: string, values: Record<string, string>): string => {
  const isSecret = secretVariables.some((secret) => secret === name)
  const value = values[name] ?? ''
  const shown = value.length > longestShownValue ? `${value.slice(0, longestShownValue)}...` : value
  return `${name}: ${message}${isSecret ? '' : ` (it is "${shown}")`}`
}

const contradictions = (given: Variables): string[] => {
  const faults: string[] = []
  if (given.DATABASE_URL !== undefined && given.DB_HOST !== undefined) {
    faults.push('DATABASE_URL: set either DATABASE_URL or DB_HOST, not both')
  }
  if (
    given.DATABASE_REPLICA_URLS.length > 0 &&
    given.DATABASE_URL === undefined &&
    given.DB_HOST === undefined
  ) {
    faults.push('DATABASE_REPLICA_URLS: is set without DATABASE_URL, which names their primary')
  }
  if (given.DB_HOST === undefined) {
    for (const name of ['DB_USER', 'DB_PASSWORD', 'DB_NAME'] as const) {
      if (given[name] !== undefined)
        faults.push(`${name}: is set without DB_HOST, so it would change nothing`)
    }
  } else {
    for (const name of ['DB_USER', 'DB_NAME'] as const) {
      if (given[name] === undefined) faults.push(`${name}: must be set with DB_HOST`)
    }
  }
  faults.push(
    ...contradictionsOfS3(given),
    ...contradictionsOfImages(given),
    ...contradictionsOfOAuth(given),
    ...contradictionsOfPasskeys(given),
  )
  if (given.SMTP_URL !== undefined && given.MAIL_FROM === undefined) {
    faults.push('MAIL_FROM: must be set with SMTP_URL, to an address that the mail server may send from')
  }
  if (given.RTMPS_PORT !== undefined) {
    for (const name of ['RTMPS_CERT_FILE', 'RTMPS_KEY_FILE'] as const) {
      if (given[name] === undefined) faults.push(`${name}: must be set with RTMPS_PORT, to a PEM file`)
    }
  }
  return faults
}

const contradictionsOfS3 = (given: Variables): string[] => {
  const needed = ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const
  if (given.S3_ENDPOINT !== undefined) {
    const missing = needed.filter((name) => given[name] === undefined)
    return missing.map((name) => `${name}: must be set with S3_ENDPOINT`)
  }
  const useless = [...needed, 'S3_PUBLIC_ENDPOINT' as const].filter((name) => given[name] !== undefined)
  return useless.map((name) => `${name}: is set without S3_ENDPOINT, so it would change nothing`)
}

const contradictionsOfPasskeys = ({
  PASSKEY_RP_ID: rpId,
  PUBLIC_URL: own = 'http://localhost',
  CORS_ORIGINS: apps,
  PASSKEY_ORIGINS: others,
}: Variables): string[] =>
  rpId === undefined || isUsableRpId(rpId, [own, ...apps, ...others])
    ? []
    : [
        'PASSKEY_RP_ID: must be the host of PUBLIC_URL or of an origin in CORS_ORIGINS or PASSKEY_ORIGINS, or a domain above one',
      ]

/** What is understood, and changes nothing. */
const uselessSettings = ({ BACKUP_EVERY_HOURS, DATABASE_URL, DB_HOST }: Variables): string[] =>
  BACKUP_EVERY_HOURS > 0 && (DATABASE_URL ?? DB_HOST) !== undefined
    ? [
        'BACKUP_EVERY_HOURS backs up the embedded database only. Back up this PostgreSQL by pgBackRest, and then the files: ' +
          'docs/backup.md says how',
      ]
    : []
