import { isInfrastructureError } from '../database/infrastructure-error.ts'

/**
 * Does `work`, which ends in a commit, and calls `invalidate` when that is done or may be: of a COMMIT whose connection breaks
 * nobody knows whether it was carried out. What was refused or rolled back invalidates nothing.
 */
export const invalidateAfter = async <T>(
  work: () => Promise<T>,
  invalidate: () => void | Promise<void>,
): Promise<T> => {
  let mayBeDone = true
  try {
    return await work()
  } catch (error) {
    mayBeDone = isInfrastructureError(error)
    throw error
  } finally {
    if (mayBeDone) await invalidate()
  }
}
