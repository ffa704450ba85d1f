import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { Database } from '../../src/platform/database/database.ts'
import { Schedule } from '../../src/platform/jobs/schedule.ts'

/** A process to be killed or stopped in the middle of a task: each turn leaves a row when it begins, and half a second later is over. */
const [url = ''] = process.argv.slice(2)
const { db } = new Database({
  ...{ url, ssl: false, poolMax: 3, applicationName: 'schedule process' },
  onConnectionError: () => undefined,
})
const takeTurn = async () => {
  await db.execute(sql`insert into turns (pid) values (${process.pid})`)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await db.execute(sql`update turns set is_over = true where pid = ${process.pid}`)
  return 0
}
new Schedule({ db, log: pino({ level: 'silent' }) }, [{ name: 'turns', everySeconds: 1, run: takeTurn }])
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
