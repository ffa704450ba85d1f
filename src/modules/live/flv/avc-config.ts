import { type BitReader, readBits, withoutEmulationPrevention } from './bit-reader.ts'

const profiles: Partial<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4 Predictive',
}
/** Profiles whose parameter set tells the chroma format (H.264 section 7.3.2.1.1). */
const profilesWithChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])
const level1b = { number: 11, constraintFlag: 0x10 }

export const readAvcProfile = (record: Buffer) => {
  const [version, profile = 0, constraints = 0, level = 0] = record
  if (version !== 1 || level === 0) return {}
  const is1b = level === level1b.number && profile < 100 && (constraints & level1b.constraintFlag) !== 0
  return { profile: profiles[profile], level: is1b ? '1b' : (level / 10).toFixed(1) }
}

/**
 * Size of the picture, cropped, from the first sequence parameter set of an AVCDecoderConfigurationRecord.
 *
 * @see ISO/IEC 14496-15 section 5.3.3.1; H.264 section 7.3.2.1.1
 * @throws {RangeError} when the record ends too early
 */
export const readAvcSize = (record: Buffer) => {
  const count = record.readUInt8(5) & 31
  if (count === 0) return {}
  const length = record.readUInt16BE(6)
  const unit = record.subarray(8, 8 + length)
  const bits = readBits(withoutEmulationPrevention(unit.subarray(1)))
  const profile = bits.bits(8)
  bits.skip(16)
  bits.unsigned()
  const chroma = profilesWithChroma.has(profile) ? readChroma(bits) : 1
  skipPictureOrder(bits)
  bits.unsigned()
  bits.skip(1)
  const widthInBlocks = bits.unsigned() + 1
  const heightInUnits = bits.unsigned() + 1
  const fieldsPerFrame = bits.flag() ? 1 : 2
  if (fieldsPerFrame === 2) bits.skip(1)
  bits.skip(1)
  const crop = bits.flag() ? [bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] : []
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1
  const cropY = (chroma === 1 ? 2 : 1) * fieldsPerFrame
  return {
    width: widthInBlocks * 16 - (left + right) * cropX,
    height: heightInUnits * 16 * fieldsPerFrame - (top + bottom) * cropY,
  }
}

/** Answers ChromaArrayType: 0 grey or separate planes, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
const readChroma = (bits: BitReader): number => {
  const format = bits.unsigned()
  const hasSeparatePlanes = format === 3 && bits.flag()
  bits.unsigned()
  bits.unsigned()
  bits.skip(1)
  if (bits.flag()) {
    const lists = format === 3 ? 12 : 8
    for (let list = 0; list < lists; list += 1) {
      if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64)
    }
  }
  return hasSeparatePlanes ? 0 : format
}

const skipScalingList = (bits: BitReader, size: number): void => {
  let last = 8
  for (let at = 0; at < size; at += 1) {
    last = (last + bits.signed() + 256) % 256
    if (last === 0) return
  }
}

const maxCycleLength = 255

const skipPictureOrder = (bits: BitReader): void => {
  bits.unsigned()
  const type = bits.unsigned()
  if (type === 0) bits.unsigned()
  if (type !== 1) return
  bits.skip(1)
  bits.signed()
  bits.signed()
  const length = bits.unsigned()
  if (length > maxCycleLength) throw new RangeError('too long a cycle')
  for (let at = 0; at < length; at += 1) bits.signed()
}
