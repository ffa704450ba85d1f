import { type AttemptLimit, attemptLimit } from '../../platform/attempt-limit.ts'
import type { Executor } from '../../platform/database/database.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import { currentOrigin } from './act-origin.ts'
import { type Act, writeAct } from './record-act.ts'

/** At 0.8 kB an entry, seal and indexes included, what strangers can make one process write is 35 MB a day at most. */
const ofAll = { burst: 500, refillMs: 2_000 }
const ofOneAddress = { burst: 20, refillMs: 30_000 }

export type RecordFailure = (executor: Executor, act: Act) => Promise<void>

/**
 * Notes what somebody tried in vain, such as a wrong password. Anybody can do that as often as he likes, so it is bounded, by network
 * address and in all: what is past that is counted, and the next row that is written says how many there were (`unwritten`).
 */
export const failureRecorder = (
  byAddress: AttemptLimit = attemptLimit(ofOneAddress),
  inAll: AttemptLimit = attemptLimit(ofAll),
): RecordFailure => {
  let unwritten = 0
  return async (executor, act) => {
    const isTooMany =
      (await byAddress.take(addressKey(currentOrigin()?.ip))) > 0 || (await inAll.take('all')) > 0
    if (isTooMany) {
      unwritten += 1
      return
    }
    const told = unwritten
    unwritten = 0
    await writeAct(
      executor,
      { ...act, details: { ...act.details, ...(told > 0 && { unwritten: told }) } },
      'failure',
    )
  }
}
