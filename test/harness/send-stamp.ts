const mark = Buffer.from('sent-at:')
const stampBytes = mark.length + 8

/** The clock of stamps, in milliseconds. All processes of a machine share it. */
export const stampClockMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

/**
 * An audio payload with the time now behind it. Every relay passes it on untouched, and a decoder of AAC stops reading
 * before it.
 */
export const withSendStamp = (payload: Buffer): Buffer => {
  const stamped = Buffer.allocUnsafe(payload.length + stampBytes)
  payload.copy(stamped)
  mark.copy(stamped, payload.length)
  stamped.writeDoubleBE(stampClockMs(), payload.length + mark.length)
  return stamped
}

/** When the payload was stamped, in milliseconds of `stampClockMs`. */
export const readSendStamp = (payload: Buffer): number | undefined => {
  const at = payload.length - stampBytes
  if (at < 0 || payload.compare(mark, 0, mark.length, at, at + mark.length) !== 0) return undefined
  return payload.readDoubleBE(at + mark.length)
}
