import { turnsPerUser } from '../../platform/turns-per-user.ts'

/**
 * Reads three forms of a user at a time: what arrives counts for the quota only when it is registered, so each could bring
 * all that is left of it. The body of a form that waits stays with its sender.
 * @throws 503 when too many wait
 */
export const inFormTurn = turnsPerUser('reading of your forms', { atOnce: 3, maxWaiting: 20 })
