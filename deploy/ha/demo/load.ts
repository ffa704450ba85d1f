import type { Backlot } from './backlot.ts'
import { BareWriter } from './bare-writer.ts'
import type { Cluster } from './cluster.ts'
import { Readers } from './readers.ts'
import { until } from './until.ts'
import { Writers } from './writers.ts'

const postsToRead = 50
const firstPostsTimeoutMs = 30_000

export type Load = { writers: Writers; readers: Readers; bare: BareWriter }

/** Everybody at work. The readers ask for posts that were written, and are on the standby, before they begin. */
export const startLoad = async (
  cluster: Cluster,
  backlot: Backlot,
  clients: { tokens: string[]; writers: number; readers: number },
): Promise<Load> => {
  const bare = await BareWriter.start(cluster.primaryUrl)
  const first = new Writers(backlot.origins, clients.tokens, 1)
  await until(
    'the first posts',
    firstPostsTimeoutMs,
    async () => first.acknowledged.length >= postsToRead || undefined,
  )
  await first.stop()
  const readers = new Readers(
    backlot.origins,
    first.acknowledged.map(({ id }) => id),
    clients.readers,
  )
  const writers = new Writers(backlot.origins, clients.tokens, clients.writers)
  writers.acknowledged.push(...first.acknowledged)
  return { writers, readers, bare }
}

/** Resolves when what was begun is done. */
export const stopLoad = async ({ writers, readers, bare }: Load): Promise<void> => {
  await Promise.all([writers.stop(), readers.stop(), bare.stop()])
}
