import { deriveAuthKeys, loggedUserOf } from '../../modules/auth/auth-keys.ts'
import { createAdmin } from '../../modules/auth/first-admin.ts'
import { removeLostFactors } from '../../modules/auth/second-factor/remove-lost-factors.ts'
import { migrate } from '../../platform/database/migrate.ts'
import { AppError } from '../../platform/errors.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { withAuth } from '../first-admin.ts'
import type { RoleConfig } from '../join-database.ts'
import { openLog } from '../open-log.ts'
import { readCommandLine, refuseCommandLine, say } from './command-line.ts'

const usage = `Usage: npx backlot admin create --email ADDRESS [--name NAME]
       npx backlot admin remove-second-factor ADDRESS-OR-ID

create makes an admin. The password is read from standard input, so that it is in no
history and no process list:

  printf '%s' "$PASSWORD" | npx backlot admin create --email ada@example.com

remove-second-factor is for a user who has lost the app, the recovery codes and the
passkeys: it takes them all away and ends his sessions. The password alone signs in
then. Make sure first, in another way than by mail, that it is he who asks.
`
const longestPasswordBytes = 1_024

export const runAdminCommand = async (config: RoleConfig, args: string[]): Promise<void> => {
  const options = { email: { type: 'string' }, name: { type: 'string' } } as const
  const line = readCommandLine(args, options, usage)
  if (line === undefined) return
  const { email, name } = line.values
  const [command, account, ...rest] = line.words
  if (command === 'create' && email !== undefined && account === undefined) {
    return create(config, { email, ...(name === undefined ? {} : { name }) })
  }
  const isRemoval = command === 'remove-second-factor' && account !== undefined && rest.length === 0
  if (isRemoval && email === undefined && name === undefined) return removeSecondFactor(config, account)
  return refuseCommandLine('admin takes create or remove-second-factor, with what each needs', usage)
}

const create = async (config: RoleConfig, given: { email: string; name?: string }): Promise<void> => {
  const password = await readPassword()
  await migrate(config.database.url, config.database.ssl)
  await withAuth(config, async (deps) => {
    const user = await createAdmin(deps, { ...given, password }).catch(refuse)
    say(`made the admin ${user.email}`)
  })
}

const removeSecondFactor = async (config: RoleConfig, account: string): Promise<void> => {
  const removed = await withAuth(config, ({ db }) => removeLostFactors(db, account).catch(refuse))
  const { user, hadTotp, passkeys } = removed
  const who = `${user.email} (${user.id})`
  if (!hadTotp && passkeys === 0) {
    return say(`${who} has no second factor and no passkeys: nothing was changed, and his sessions go on`)
  }
  const { log, close } = await openLog(config, 'admin')
  const loggedUser = loggedUserOf(deriveAuthKeys(config.secretKey), user.id)
  log.warn({ user: loggedUser, hadTotp, passkeys }, 'an operator removed the second factor of a user')
  await close()
  const what = hadTotp ? 'the second factor' : 'no second factor, for there was none,'
  say(`removed ${what} and ${passkeys} passkeys of ${who}, and ended all sessions`)
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
