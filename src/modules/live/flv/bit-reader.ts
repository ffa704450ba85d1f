export type BitReader = {
  /** The next `count` bits, at most 32, as an unsigned number. */
  bits(count: number): number
  flag(): boolean
  skip(count: number): void
  /** ue(v) of H.264 and H.265, section 9.1 and 9.2: an Exp-Golomb code. */
  unsigned(): number
  /** se(v): the same, signed. */
  signed(): number
}

/** Reads `bytes` from the most significant bit on. Each function throws a RangeError past the end. */
export const readBits = (bytes: Buffer): BitReader => {
  let at = 0
  const skip = (count: number) => {
    if (count > bytes.length * 8 - at) throw new RangeError('no more bits')
    at += count
  }
  const bits = (count: number) => {
    const start = at
    skip(count)
    let value = 0
    for (let bit = start; bit < at; bit += 1) {
      value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1)
    }
    return value
  }
  const flag = () => bits(1) === 1
  const unsigned = () => {
    let zeros = 0
    while (!flag()) zeros += 1
    if (zeros > 31) throw new RangeError('too long a code')
    return 2 ** zeros - 1 + bits(zeros)
  }
  const signed = () => {
    const code = unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
  return { bits, flag, skip, unsigned, signed }
}

/** The payload of a NAL unit without the bytes that keep start codes out of it (H.264 section 7.4.1). */
export const withoutEmulationPrevention = (unit: Buffer): Buffer => {
  const bytes = Buffer.alloc(unit.length)
  let length = 0
  let zeros = 0
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes[length] = byte
    length += 1
  }
  return bytes.subarray(0, length)
}
