import fs from 'node:fs'
import pg from 'pg'
import { startReplicatedDatabase } from '../../test/harness/replicated-database.ts'
import { printTarget } from '../report.ts'
import { failuresOf, measureInTurns, printMeasured, ratioOf } from './measure.ts'
import { getPlans, listPlans } from './requests.ts'
import { openStage } from './stage.ts'

/**
 * What `readDb` costs: signed-in reads through a process that knows no replica, one that knows a replica which streams, and
 * one that is given the primary as its replica, which it refuses, so that only the asking is left. On a database of its
 * own, whose replica shares the machine.
 */
export const compareRouting = async (nodeArgs: string[]): Promise<void> => {
  await using opened = new AsyncDisposableStack()
  const cluster = opened.adopt(await startReplicatedDatabase(), ({ close }) => close())
  const [replica] = cluster.replicas
  if (replica === undefined) throw new Error('There is no replica')
  const pids = await Promise.all([cluster.primary.url, replica.url].map(serverPidOf))
  const stage = await openStage(opened, { url: cluster.primary.url, pids: () => pids }, nodeArgs)
  await cluster.caughtUp()
  const routed = await stage.startApi({ DATABASE_REPLICA_URLS: replica.url })
  const refused = await stage.startApi({ DATABASE_REPLICA_URLS: cluster.primary.url })
  const contestants = [
    { name: 'no replica', server: stage.api },
    { name: 'a replica', server: routed },
    { name: 'the primary as one', server: refused },
  ]
  for (const [what, plansFor] of [
    ['GET of one post', getPlans],
    ['GET of 20 posts', listPlans],
  ] as const) {
    const measured = await measureInTurns(
      stage,
      contestants.map(({ name, server }) => ({
        name,
        servers: [server],
        plans: plansFor(stage, server.port),
      })),
    )
    const [, byReplica, byPrimary] = measured.map((each) => ratioOf(each, measured[0]).toFixed(2))
    const failures = failuresOf(measured)
    printTarget(
      `${what}: ${byReplica} with a replica, ${byPrimary} with the primary as one, of without; ${failures} failures`,
      '0 failures',
      failures === 0,
    )
    for (const [at, { name }] of contestants.entries()) printMeasured(name, measured[at])
  }
}

/** The process that all connections of a server are children of (proc(5)). Linux only; elsewhere 0. */
const serverPidOf = async (url: string): Promise<number> => {
  if (process.platform !== 'linux') return 0
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const stat = fs.readFileSync(`/proc/${rows[0]?.pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } finally {
    await client.end()
  }
}
