import { randomUUID } from 'node:crypto'
import { type Client, NOOP_PROVIDER, OpenFeature } from '@openfeature/server-sdk'
import type { FastifyBaseLogger } from 'fastify'
import { FollowedRows } from '../../platform/cache/followed-rows.ts'
import type { Db } from '../../platform/database/database.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import { FlagProvider } from './flag-provider.ts'
import { listAllFlags } from './flags.repository.ts'
import type { FlagRow } from './flags.table.ts'

/** On which changes of flags are told. */
export const flagsChannel = 'backlot_flags'

export type Flags = {
  /** OpenFeature's, for whoever asks for a flag. */
  client: Client
  rows: FollowedRows<FlagRow>
  close: () => Promise<void>
}

/** Follows the flags for this process. OpenFeature keeps providers by domain for the whole process: each has one of its own here. */
export const openFlags = async (deps: {
  db: Db
  notifications: Notifications
  log: FastifyBaseLogger
}): Promise<Flags> => {
  const provider = new FlagProvider()
  const domain = `backlot-${randomUUID()}`
  const rows = await FollowedRows.open(deps, {
    channel: flagsChannel,
    load: () => listAllFlags(deps.db),
    onRead: (read) => provider.take(read),
  })
  await OpenFeature.setProviderAndWait(domain, provider)
  return {
    client: OpenFeature.getClient(domain),
    rows,
    close: async () => {
      await rows.close()
      await OpenFeature.setProviderAndWait(domain, NOOP_PROVIDER)
    },
  }
}
