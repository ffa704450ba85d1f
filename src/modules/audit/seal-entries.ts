import type { Db } from '../../platform/database/database.ts'
import {
  findHead,
  findOldSeal,
  findUnsealed,
  hasUnsealed,
  insertSeals,
  type NewSeal,
  removeUpTo,
  tryLockChain,
} from './chain.repository.ts'
import { recordAct } from './record-act.ts'
import { checkpointMac, macOf, nextHead } from './seal.ts'

type SealDeps = { db: Db; key: Uint8Array }

/**
 * Adds a batch of committed entries to the chain. They wait for that in a table of their own, written with them, so that whoever
 * writes an entry never waits for another, and none is passed over, in whatever order transactions commit. Returns how many.
 */
export const sealEntries = async ({ db, key }: SealDeps, limit: number): Promise<number> => {
  if (!(await hasUnsealed(db))) return 0
  return db.transaction(async (tx) => {
    if (!(await tryLockChain(tx))) return 0
    let head = await findHead(tx)
    const seals: NewSeal[] = []
    for (const { entryId, canonical } of await findUnsealed(tx, limit)) {
      head = nextHead(head, canonical)
      seals.push({ ...head, entryId, mac: macOf(key, head) })
    }
    if (seals.length > 0) await insertSeals(tx, seals)
    return seals.length
  })
}

/**
 * Removes a batch of the oldest entries, when they are older than so many days, and leaves a checkpoint, from which the rest of the
 * chain still verifies. Returns how many.
 */
export const removeOldEntries = ({ db, key }: SealDeps, days: number, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    if (!(await tryLockChain(tx))) return 0
    const last = await findOldSeal(tx, days, limit)
    if (last === undefined) return 0
    const removed = await removeUpTo(tx, last, checkpointMac(key, last))
    await recordAct(tx, { action: 'audit:remove', details: { upToSeal: last.seq, removed } })
    return removed
  })
