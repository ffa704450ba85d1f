import { recordAct } from '../../src/modules/audit/record-act.ts'
import { Database } from '../../src/platform/database/database.ts'

/** A process to be killed between an act and its seal: it says how many it has committed. */
const [url = ''] = process.argv.slice(2)
const { db } = new Database({
  ...{ url, ssl: false, poolMax: 3, applicationName: 'audit process' },
  onConnectionError: () => undefined,
})
for (let n = 1; ; n += 1) {
  await db.transaction((tx) => recordAct(tx, { action: 'posts:delete', details: { n } }))
  process.send?.(n)
}
