import { type BitReader, readBits } from './bit-reader.ts'

const profiles = ['Main', 'High', 'Professional']
const recordHeaderBytes = 4
const sequenceHeaderObu = 1

/** From an AV1CodecConfigurationRecord: AV1 Codec ISO Media File Format Binding, section 2.3. */
export const readAv1Profile = (record: Buffer) => {
  if (record.length < recordHeaderBytes || record.readUInt8(0) !== 0x81) return {}
  const second = record.readUInt8(1)
  const level = second & 31
  return { profile: profiles[second >> 5], level: `${2 + (level >> 2)}.${level & 3}` }
}

/**
 * Largest size of the picture, from the sequence header that the record holds behind its four bytes.
 *
 * @see AV1 Bitstream specification, sections 5.3.2 and 5.5.1
 * @throws {RangeError} when the record ends too early
 */
export const readAv1Size = (record: Buffer) => {
  if (record.length <= recordHeaderBytes) return {}
  const bits = readBits(record.subarray(recordHeaderBytes))
  bits.skip(1)
  if (bits.bits(4) !== sequenceHeaderObu) return {}
  const hasExtension = bits.flag()
  const hasSize = bits.flag()
  bits.skip(hasExtension ? 9 : 1)
  if (hasSize) while (bits.flag()) bits.skip(7)
  if (hasSize) bits.skip(7)
  bits.skip(4)
  if (bits.flag()) bits.skip(5)
  else skipOperatingPoints(bits)
  const widthBits = bits.bits(4) + 1
  const heightBits = bits.bits(4) + 1
  return { width: bits.bits(widthBits) + 1, height: bits.bits(heightBits) + 1 }
}

const skipOperatingPoints = (bits: BitReader): void => {
  const delayBits = bits.flag() ? skipTimingInfo(bits) : 0
  const hasDisplayDelay = bits.flag()
  for (let points = bits.bits(5) + 1; points > 0; points -= 1) {
    bits.skip(12)
    if (bits.bits(5) > 7) bits.skip(1)
    if (delayBits > 0 && bits.flag()) bits.skip(2 * delayBits + 1)
    if (hasDisplayDelay && bits.flag()) bits.skip(4)
  }
}

/** Answers how wide the delays of each operating point are; 0 when there are none. */
const skipTimingInfo = (bits: BitReader): number => {
  bits.skip(64)
  if (bits.flag()) bits.unsigned()
  if (!bits.flag()) return 0
  const delayBits = bits.bits(5) + 1
  bits.skip(42)
  return delayBits
}
