import { headText, readHead, sealingKey } from '../../modules/audit/seal.ts'
import { verifyLog } from '../../modules/audit/verify-log.ts'
import type { Config } from '../../platform/config/config.ts'
import { findSecretInDataDir } from '../../platform/config/secret-files.ts'
import { Database } from '../../platform/database/database.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { withDatabase } from '../with-database.ts'
import { readCommandLine, refuseCommandLine, say } from './command-line.ts'

const usage = `Usage: npx backlot audit verify [--head SEAL:HASH]

Goes over the whole audit log and says what is wrong first, if anything is: an entry
changed, removed or put in, or a chain that was written anew. It changes nothing.
With --head, a head that an earlier run, GET /v1/audit/head or the log has told must
be in the chain: then not even who has SECRET_KEY can have written it anew.

Exit code 1 when something is wrong.
`

export const runAuditCommand = async (config: Config, args: string[]): Promise<void> => {
  const line = readCommandLine(args, { head: { type: 'string' } } as const, usage)
  if (line === undefined) return
  if (line.words.join(' ') !== 'verify') return refuseCommandLine('audit takes the word verify', usage)
  const kept = line.values.head === undefined ? undefined : readHead(line.values.head)
  if (line.values.head !== undefined && kept === undefined)
    return refuseCommandLine('a head is the number of a seal, a colon and 64 hexadecimal digits', usage)
  const key = sealingKey(keyInUse(config))
  await withDatabase(config, async ({ database: { url, ssl } }) => {
    const database = new Database({
      ...{ url, ssl, poolMax: 2, applicationName: 'backlot audit', onConnectionError: () => undefined },
    })
    try {
      const verdict = await verifyLog({ db: database.db, key }, kept)
      say(`${verdict.verified} entries verified, ${verdict.waiting} wait for their seal`)
      say(`head ${headText(verdict.head)}`)
      if (verdict.fault === undefined) return
      say(`FAULT: ${verdict.fault}`)
      process.exitCode = 1
    } finally {
      await database.close()
    }
  })
}

/** Commands make no key. One made now would say of every seal that it is forged, and so would none. */
const keyInUse = ({ dataDir, secretKey }: Config): string => {
  const key = secretKey === '' ? findSecretInDataDir(dataDir, 'secret-key') : secretKey
  if (key !== undefined) return key
  throw new StartFault(
    `SECRET_KEY: there is none here, nor in ${dataDir}. Set it, or BACKLOT_DATA_DIR, as the worker has it.`,
  )
}
