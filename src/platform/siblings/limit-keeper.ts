import { attemptLimit } from '../attempt-limit.ts'
import { countInWindows } from '../count-in-windows.ts'
import type { LimitAnswer, LimitCall } from './sibling-messages.ts'

/** Counts in this process what its children limit together. Rates are constants of the code, so they are few. */
export const answerLimits = (): ((calls: LimitCall[]) => LimitAnswer[]) => {
  const count = countInWindows()
  const limits = new Map<string, ReturnType<typeof attemptLimit>>()
  const limitOf = ({ burst, refillMs }: { burst: number; refillMs: number }) => {
    const rate = `${burst}/${refillMs}`
    const limit = limits.get(rate) ?? attemptLimit({ burst, refillMs })
    limits.set(rate, limit)
    return limit
  }
  const answer = (call: LimitCall): LimitAnswer => {
    if (call.do === 'count') return count(call.key, call.windowMs)
    if (call.do === 'take') return limitOf(call).take(call.key)
    limitOf(call).giveBack(call.key)
    return 0
  }
  return (calls) => calls.map(answer)
}
