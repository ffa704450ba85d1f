import { setTimeout as delay } from 'node:timers/promises'
import type { Backlot } from './backlot.ts'
import type { Cluster } from './cluster.ts'
import { type Comparison, compareWithStored } from './stored-writes.ts'
import { Writers } from './writers.ts'

const steadyMs = 3_000
const cutBeforeMs = 1_000

/**
 * The same with what the cluster's settings keep from happening: commits that wait for no standby, and a link that is cut for a
 * second before the primary dies. Writes that were acknowledged in that second must be missed, or the comparison sees nothing.
 */
export const loseWrites = async (
  cluster: Cluster,
  backlot: Backlot,
  clients: { tokens: string[]; writers: number },
): Promise<Comparison & { acknowledged: number }> => {
  await cluster.makeAsynchronous()
  const writers = new Writers(backlot.origins, clients.tokens, clients.writers)
  await delay(steadyMs)
  const primary = await cluster.leader()
  primary.silenceReplication()
  await delay(cutBeforeMs)
  primary.kill()
  primary.breakReplication()
  const promoted = await cluster.leader([primary])
  await writers.stop()
  const { acknowledged } = writers
  return {
    ...(await compareWithStored(cluster.urlOf(promoted), acknowledged)),
    acknowledged: acknowledged.length,
  }
}
