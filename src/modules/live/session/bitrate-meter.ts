const spanMs = 2_000
const slots = 8
const slotMs = spanMs / slots

/** Bits a second over the last two seconds, and bytes in all. Times are milliseconds of a clock that never goes back. */
export const createBitrateMeter = () => {
  const bytesOf = new Float64Array(slots)
  let slot = -1
  let total = 0

  const advance = (nowMs: number) => {
    const now = Math.floor(nowMs / slotMs)
    if (slot < 0) slot = now
    for (let passed = Math.min(now - slot, slots); passed > 0; passed -= 1)
      bytesOf[(now - passed + 1) % slots] = 0
    slot = Math.max(slot, now)
  }

  return {
    add: (bytes: number, nowMs: number) => {
      advance(nowMs)
      bytesOf[slot % slots] = (bytesOf[slot % slots] ?? 0) + bytes
      total += bytes
    },
    bitrate: (nowMs: number): number => {
      advance(nowMs)
      return Math.round((bytesOf.reduce((sum, bytes) => sum + bytes, 0) * 8 * 1_000) / spanMs)
    },
    get totalBytes(): number {
      return total
    },
  }
}
