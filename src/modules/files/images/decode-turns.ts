import { boundedTurns } from '../../../platform/bounded-turns.ts'

export const longestDecodeSeconds = 60

/** A decoded picture takes up to 400 MB. More jobs than may wait never run at once. */
export const inDecodeTurn = boundedTurns('picture decoder', { atOnce: 2, maxWaiting: 100 })
