import type { Db, Tx } from '../../platform/database/database.ts'
import { findCheckpoint, findUnknownEntry, listSeals, readBacklog } from './chain.repository.ts'
import { chainStart, checkpointMac, type Head, isSame, macOf, nextHead } from './seal.ts'

export type Verdict = {
  /** How many entries the chain covers and how many wait for their seal. */
  verified: number
  waiting: number
  /** Where the chain ends, as far as it is whole. */
  head: Head
  /** What is wrong first, from the oldest on; undefined when nothing is. */
  fault: string | undefined
}

const batch = 1_000
/** Entries are sealed within seconds while a worker runs. */
const longestWaitSeconds = 3_600

class Broken extends Error {}

/**
 * Goes over the whole chain, from the oldest entry that is kept to the newest, in one snapshot of the database. It reads everything.
 * @param kept a head that somebody has kept elsewhere: it must be in the chain. What it covers needs no key to be believed
 */
export const verifyLog = ({ db, key }: { db: Db; key: Uint8Array }, kept?: Head): Promise<Verdict> =>
  db.transaction((tx) => verify(tx, key, kept), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  })

const verify = async (tx: Tx, key: Uint8Array, kept: Head | undefined): Promise<Verdict> => {
  let head = chainStart
  let verified = 0
  const backlog = await readBacklog(tx)
  const broken = (fault?: string): Verdict => ({ verified, waiting: backlog.waiting, head, fault })
  try {
    head = await startOf(tx, key, kept)
    for (;;) {
      const seals = await listSeals(tx, head.seq, batch)
      for (const seal of seals) {
        head = follow(head, seal, key, kept)
        verified += 1
      }
      if (seals.length < batch) break
    }
  } catch (error) {
    if (error instanceof Broken) return broken(error.message)
    throw error
  }
  if (kept !== undefined && kept.seq > head.seq)
    return broken(`the chain ends at seal ${head.seq}, before the head that was kept, ${kept.seq}`)
  const unknown = await findUnknown(tx)
  if (unknown !== undefined) return broken(`entry ${unknown} was never sealed and does not wait for it`)
  if (backlog.oldestSeconds > longestWaitSeconds)
    return broken(`${backlog.waiting} entries wait for a seal, for more than an hour: does a worker run?`)
  return broken()
}

const firstId = '00000000-0000-0000-0000-000000000000'

const findUnknown = async (tx: Tx): Promise<string | undefined> => {
  for (let after: string | null = firstId; after !== null; ) {
    const looked: Awaited<ReturnType<typeof findUnknownEntry>> = await findUnknownEntry(tx, after, 10 * batch)
    if (looked?.unknown != null) return looked.unknown
    after = looked?.last ?? null
  }
  return undefined
}

const startOf = async (tx: Tx, key: Uint8Array, kept: Head | undefined): Promise<Head> => {
  const checkpoint = await findCheckpoint(tx)
  if (checkpoint === undefined) return chainStart
  const { seq, hash, mac } = checkpoint
  if (kept !== undefined && kept.seq < seq)
    throw new Broken(`the kept head, ${kept.seq}, is of entries that were removed; take one from ${seq} on`)
  requireKept({ seq, hash }, kept)
  const isVouchedFor = kept?.seq === seq || isSame(mac, checkpointMac(key, { seq, hash }))
  if (!isVouchedFor) throw new Broken(`the checkpoint at seal ${seq} was not made with this SECRET_KEY`)
  return { seq, hash }
}

type Seal = Awaited<ReturnType<typeof listSeals>>[number]

const follow = (before: Head, seal: Seal, key: Uint8Array, kept: Head | undefined): Head => {
  const seq = before.seq + 1
  if (seal.seq !== seq) throw new Broken(`seal ${seq} is missing`)
  if (seal.canonical === null) throw new Broken(`entry ${seal.entryId} of seal ${seq} is missing`)
  const head = nextHead(before, seal.canonical)
  if (!isSame(head.hash, seal.hash))
    throw new Broken(`entry ${seal.entryId} is not what seal ${seq} was made of`)
  requireKept(head, kept)
  const isVouchedFor = kept !== undefined && seq <= kept.seq
  if (!isVouchedFor && !isSame(seal.mac, macOf(key, head)))
    throw new Broken(`seal ${seq}, of entry ${seal.entryId}, was not made with this SECRET_KEY`)
  return head
}

const requireKept = ({ seq, hash }: Head, kept: Head | undefined) => {
  if (kept?.seq !== seq || isSame(hash, kept.hash)) return
  throw new Broken(`seal ${seq} is another one than was kept: the chain up to there was written anew`)
}
