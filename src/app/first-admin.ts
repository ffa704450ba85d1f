import { parseArgs } from 'node:util'
import { deriveAuthKeys } from '../modules/auth/auth-keys.ts'
import { createAdmin, firstAdminLink } from '../modules/auth/first-admin.ts'
import { createPasswordHashing, defaultPasswordCost } from '../modules/auth/password-hash.ts'
import { Database } from '../platform/database/database.ts'
import { migrate } from '../platform/database/migrate.ts'
import { AppError } from '../platform/errors.ts'
import { StartFault } from '../platform/process/start-fault.ts'
import type { RoleConfig } from './join-database.ts'

const usage = `Usage: npx backlot admin create --email ADDRESS [--name NAME]

Makes an admin. The password is read from standard input, so that it is in no
history and no process list:

  printf '%s' "$PASSWORD" | npx backlot admin create --email ada@example.com
`
const longestPasswordBytes = 1_024
/** EX_USAGE of BSD's sysexits.h. */
const usageExitCode = 64

/** The one-time link that makes the first admin, or undefined when there is an admin. */
export const adminLink = (config: RoleConfig): Promise<string | undefined> =>
  withAuth(config, ({ db }) => firstAdminLink({ db, publicUrl: config.http.origin }))

/** `backlot admin create`. */
export const runAdminCommand = async (config: RoleConfig, args: string[]): Promise<void> => {
  const given = readArgs(args)
  if (given === undefined) {
    process.stderr.write(usage)
    process.exitCode = usageExitCode
    return
  }
  const { email, name } = given
  const password = await readPassword()
  await migrate(config.database.url, config.database.ssl)
  await withAuth(config, async (deps) => {
    const user = await createAdmin(deps, { email, password, ...(name === undefined ? {} : { name }) }).catch(
      refuse,
    )
    process.stdout.write(`backlot: made the admin ${user.email}\n`)
  })
}

const readArgs = ([command, ...rest]: string[]): { email: string; name: string | undefined } | undefined => {
  try {
    const { values } = parseArgs({
      args: rest,
      options: { email: { type: 'string' }, name: { type: 'string' } },
    })
    return command === 'create' && values.email !== undefined
      ? { email: values.email, name: values.name }
      : undefined
  } catch {
    return undefined
  }
}

const readPassword = async (): Promise<string> => {
  if (process.stdin.isTTY) process.stderr.write('Password, then Enter and Ctrl-D (it is shown as you type): ')
  let password = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    password += chunk
    if (password.length > longestPasswordBytes) throw new StartFault('The password is too long.')
  }
  const line = password.replace(/\r?\n$/, '')
  if (line === '') throw new StartFault('There is no password on standard input. See npx backlot admin.')
  return line
}

const refuse = (error: unknown): never => {
  if (!(error instanceof AppError)) throw error
  const faults = error.errors.map(({ path, message }) => `${path}: ${message}`)
  throw new StartFault([error.message, ...faults].join('\n'))
}

const withAuth = async <T>(
  config: RoleConfig,
  use: (deps: { db: Database['db']; passwords: ReturnType<typeof createPasswordHashing> }) => Promise<T>,
): Promise<T> => {
  const database = new Database({
    url: config.database.url,
    ssl: config.database.ssl,
    poolMax: 2,
    applicationName: 'backlot admin',
    onConnectionError: () => undefined,
  })
  const { passwordSalt } = deriveAuthKeys(config.secretKey)
  try {
    return await use({
      db: database.db,
      passwords: createPasswordHashing({ cost: defaultPasswordCost, saltKey: passwordSalt }),
    })
  } finally {
    await database.close()
  }
}
