import { deriveAuthKeys } from '../modules/auth/auth-keys.ts'
import { firstAdminLink } from '../modules/auth/first-admin.ts'
import { createPasswordHashing, defaultPasswordCost } from '../modules/auth/password-hash.ts'
import { Database } from '../platform/database/database.ts'
import type { RoleConfig } from './join-database.ts'

/** The one-time link that makes the first admin, or undefined when there is an admin. */
export const adminLink = (config: RoleConfig): Promise<string | undefined> =>
  withAuth(config, ({ db }) => firstAdminLink({ db, publicUrl: config.http.origin }))

/** What commands about accounts work with, for as long as they run. */
export const withAuth = async <T>(
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
