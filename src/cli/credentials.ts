import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Backlot, createBacklot, type Session } from '../../client/src/backlot.ts'
import { NotSignedIn } from './exit-codes.ts'

/** Where someone is signed in, and by what; the address alone when the session has ended. */
export type Credentials = { url: string; apiKey?: string; session?: Session }

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ */
const credentialsFile = (): string => {
  const given = process.env.XDG_CONFIG_HOME
  // A relative path is to be ignored, says the specification.
  const configHome = given && path.isAbsolute(given) ? given : path.join(os.homedir(), '.config')
  return path.join(configHome, 'backlot', 'credentials.json')
}

export const findCredentials = async (): Promise<Credentials | undefined> => {
  try {
    return JSON.parse(await fs.readFile(credentialsFile(), 'utf8'))
  } catch (error) {
    if (
      error instanceof SyntaxError ||
      (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    ) {
      return undefined
    }
    throw error
  }
}

/** Nobody but their owner can read them, and whoever reads them at that moment has the old or the new ones. */
export const keepCredentials = async (credentials: Credentials): Promise<void> => {
  const file = credentialsFile()
  await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.${process.pid}`
  await fs.rm(next, { force: true })
  await fs.writeFile(next, `${JSON.stringify(credentials)}\n`, { mode: 0o600, flag: 'wx' })
  await fs.rename(next, file)
}

export const forgetCredentials = (): Promise<void> => fs.rm(credentialsFile(), { force: true })

/** A client that keeps its session in the file of credentials. */
export const clientFor = ({ url, apiKey }: Credentials): Backlot =>
  createBacklot({
    url,
    ...(apiKey === undefined ? {} : { apiKey }),
    store: {
      load: async () => {
        const kept = await findCredentials()
        return kept?.url === url ? kept.session : undefined
      },
      save: (session) => keepCredentials({ url, ...(session === undefined ? {} : { session }) }),
    },
  })

/** @throws {NotSignedIn} */
export const openClient = async (): Promise<{ backlot: Backlot; url: string }> => {
  const credentials = await findCredentials()
  if (credentials?.apiKey === undefined && credentials?.session === undefined) throw new NotSignedIn()
  return { backlot: clientFor(credentials), url: credentials.url }
}
