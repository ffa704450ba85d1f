import { type BitReader, readBits, withoutEmulationPrevention } from './bit-reader.ts'

const profiles: Partial<Record<number, string>> = {
  1: 'Main',
  2: 'Main 10',
  3: 'Main Still Picture',
  4: 'Range Extensions',
}
const recordHeaderBytes = 22
const sequenceParameterSet = 33

export const readHevcProfile = (record: Buffer) => {
  if (record.length < recordHeaderBytes) return {}
  return {
    profile: profiles[record.readUInt8(1) & 31],
    level: (record.readUInt8(12) / 30).toFixed(1),
  }
}

/**
 * Size of the picture, cropped, from the first sequence parameter set of an HEVCDecoderConfigurationRecord.
 *
 * @see ISO/IEC 14496-15 section 8.3.3.1; H.265 section 7.3.2.2
 * @throws {RangeError} when the record ends too early
 */
export const readHevcSize = (record: Buffer) => {
  const unit = findParameterSet(record)
  if (unit === undefined) return {}
  const bits = readBits(withoutEmulationPrevention(unit.subarray(2)))
  bits.skip(4)
  const subLayers = bits.bits(3)
  bits.skip(1)
  skipProfileTierLevel(bits, subLayers)
  bits.unsigned()
  const chroma = bits.unsigned()
  if (chroma === 3) bits.skip(1)
  const width = bits.unsigned()
  const height = bits.unsigned()
  const crop = bits.flag() ? [bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()] : []
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1
  const cropY = chroma === 1 ? 2 : 1
  return { width: width - (left + right) * cropX, height: height - (top + bottom) * cropY }
}

const findParameterSet = (record: Buffer): Buffer | undefined => {
  let at = recordHeaderBytes + 1
  for (let arrays = record.readUInt8(recordHeaderBytes); arrays > 0; arrays -= 1) {
    const type = record.readUInt8(at) & 63
    let units = record.readUInt16BE(at + 1)
    at += 3
    for (; units > 0; units -= 1) {
      const start = at + 2
      at = start + record.readUInt16BE(at)
      if (type === sequenceParameterSet) return record.subarray(start, at)
    }
  }
  return undefined
}

/** H.265 section 7.3.3. */
const skipProfileTierLevel = (bits: BitReader, subLayers: number): void => {
  const profileBits = 88
  const levelBits = 8
  bits.skip(profileBits + levelBits)
  if (subLayers === 0) return
  const present = Array.from({ length: 8 }, () => ({ profile: bits.flag(), level: bits.flag() }))
  for (const layer of present.slice(0, subLayers)) {
    bits.skip((layer.profile ? profileBits : 0) + (layer.level ? levelBits : 0))
  }
}
