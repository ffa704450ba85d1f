import type { Logger } from 'pino'
import { findHead } from '../modules/audit/chain.repository.ts'
import { headText, sealingKey } from '../modules/audit/seal.ts'
import { removeOldEntries, sealEntries } from '../modules/audit/seal-entries.ts'
import type { Db } from '../platform/database/database.ts'
import type { Task } from '../platform/jobs/task.ts'
import type { RoleConfig } from './join-database.ts'

const hour = 3_600
const batch = 500

/** What one worker of all does for the audit log. */
export const auditUpkeep = ({ config, db, log }: { config: RoleConfig; db: Db; log: Logger }): Task[] => {
  const deps = { db, key: sealingKey(config.secretKey) }
  const { retentionDays } = config.audit
  const tellHead = async () => {
    log.info({ auditHead: headText(await findHead(db)) }, 'head of the audit log')
    return 0
  }
  return [
    { name: 'audit seals', everySeconds: 5, run: () => sealEntries(deps, batch) },
    // Logs are kept elsewhere than the database, often: a log that was written anew does not fit what stands in them.
    { name: 'audit head', everySeconds: 24 * hour, run: tellHead },
    ...(retentionDays === undefined
      ? []
      : [{ name: 'audit log', everySeconds: hour, run: () => removeOldEntries(deps, retentionDays, batch) }]),
  ]
}
