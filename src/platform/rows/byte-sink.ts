/** Bytes that are being written, and where the next one goes. Whoever writes has made sure that there is room. */
export type ByteSink = { bytes: Buffer; at: number }

export const newSink = (capacityBytes: number): ByteSink => ({
  bytes: Buffer.allocUnsafeSlow(capacityBytes),
  at: 0,
})

/** Below this a loop is faster than a call into native code. */
const shortCopyBytes = 48

export const writeBytes = (sink: ByteSink, from: Uint8Array, start = 0, end = from.length): void => {
  const { bytes, at } = sink
  const length = end - start
  if (length < shortCopyBytes) {
    for (let index = 0; index < length; index += 1) bytes[at + index] = from[start + index] as number
  } else {
    bytes.set(from.subarray(start, end), at)
  }
  sink.at = at + length
}

/** Text as UTF-8. Takes up to 3 bytes a UTF-16 unit. */
export const writeText = (sink: ByteSink, text: string): void => {
  sink.at += sink.bytes.write(text, sink.at)
}

export const writeByte = (sink: ByteSink, byte: number): void => {
  sink.bytes[sink.at] = byte
  sink.at += 1
}

/** A whole number from 0 to 2^53 - 1, in decimal. */
export const writeUint = (sink: ByteSink, value: number): void => {
  let width = 1
  for (let limit = 10; value >= limit && width < 16; limit *= 10) width += 1
  writeDigits(sink, value, width)
}

/** A whole number in exactly `width` decimal digits, with zeros in front. */
export const writeDigits = (sink: ByteSink, value: number, width: number): void => {
  const { bytes, at } = sink
  let rest = value
  let index = at + width
  // 32-bit arithmetic is several times as fast as that on doubles.
  while (rest > 0x7fffffff && index > at) {
    const quotient = Math.floor(rest / 10)
    index -= 1
    bytes[index] = 48 + (rest - quotient * 10)
    rest = quotient
  }
  let small = rest | 0
  while (index > at) {
    const quotient = (small / 10) | 0
    index -= 1
    bytes[index] = 48 + small - quotient * 10
    small = quotient
  }
  sink.at = at + width
}

const hexDigits = Buffer.from('0123456789abcdef')

/** The lowest `digits` hexadecimal digits of an unsigned 32-bit number, in lower case. */
export const writeHex = (sink: ByteSink, value: number, digits: number): void => {
  const { bytes, at } = sink
  for (let index = 0; index < digits; index += 1) {
    bytes[at + index] = hexDigits[(value >>> ((digits - 1 - index) * 4)) & 15] as number
  }
  sink.at = at + digits
}
