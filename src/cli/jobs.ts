import type { Backlot, Job } from '../../client/src/backlot.ts'
import { numberIn, oneOf, readArguments, UsageFault } from './arguments.ts'
import { openClient } from './credentials.ts'
import { followJob } from './follow-job.ts'
import { plain, print } from './terminal.ts'

const statuses = ['pending', 'in-progress', 'completed', 'failed', 'cancelled'] as const

export const usage = `Usage: npx backlot jobs list [--status <status>] [--limit <n>] [--json]
       npx backlot jobs watch <id> [--json]
       npx backlot jobs cancel <id>

list    your newest jobs; --limit is how many (20, at most 1000); --status is one of ${statuses.join(', ')}
watch   shows how a job goes, until it ends; exit code 1 when it did not complete. Ctrl-C leaves it running
cancel  ends a job
--json  as lines of JSON: jobs, or the events of one
`

export const run = async ([action, ...args]: string[]): Promise<void> => {
  if (action === 'list') return list(args)
  if (action === 'watch') return watch(args)
  if (action === 'cancel') return cancel(args)
  throw new UsageFault('jobs takes list, watch or cancel')
}

const json = { type: 'boolean', default: false } as const

const list = async (args: string[]): Promise<void> => {
  const { values } = readArguments(args, {
    status: { type: 'string' },
    limit: { type: 'string', default: '20' },
    json,
  })
  const limit = numberIn(values.limit, '--limit', [1, 1_000])
  const status = values.status && oneOf(statuses, values.status, '--status')
  const { backlot } = await openClient()
  let count = 0
  for await (const job of newest(backlot, { limit: Math.min(100, limit), ...(status ? { status } : {}) })) {
    print(values.json ? JSON.stringify(job) : lineOf(job))
    count += 1
    if (count >= limit) break
  }
}

const newest = (backlot: Backlot, query: { limit: number; status?: Job['status'] }) =>
  backlot.jobs.listAll(query)

const lineOf = ({ id, createdAt, status, progress, type }: Job): string =>
  [id, createdAt, status.padEnd(11), `${Math.floor(progress * 100)} %`.padStart(5), plain(type)].join('  ')

const watch = async (args: string[]): Promise<void> => {
  const { values, words } = readArguments(args, { json }, ['the id of a job'])
  const { backlot } = await openClient()
  await followJob(backlot, words[0] ?? '', { json: values.json, onInterrupt: 'leave' })
}

const cancel = async (args: string[]): Promise<void> => {
  const { words } = readArguments(args, {}, ['the id of a job'])
  const { backlot } = await openClient()
  const { status } = await backlot.jobs.cancel(words[0] ?? '')
  print(status === 'cancelled' ? 'It is cancelled.' : 'It is told to stop.')
}
