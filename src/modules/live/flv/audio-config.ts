import { readBits } from './bit-reader.ts'

export type AudioParameters = { sampleRate?: number; channels?: number }

const aacSampleRates = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
]
const explicitRate = 15
const spectralBandReplication = 5
const parametricStereo = 29

/**
 * From an AudioSpecificConfig: ISO/IEC 14496-3 section 1.6.2.1. With spectral band replication the rate is the one that is heard.
 *
 * @throws {RangeError} when it ends too early
 */
export const readAacConfig = (config: Buffer): AudioParameters => {
  const bits = readBits(config)
  const readObjectType = () => {
    const type = bits.bits(5)
    return type === 31 ? 32 + bits.bits(6) : type
  }
  const readRate = () => {
    const index = bits.bits(4)
    return index === explicitRate ? bits.bits(24) : aacSampleRates[index]
  }
  const objectType = readObjectType()
  const coreRate = readRate()
  const configuration = bits.bits(4)
  const hasExtension = objectType === spectralBandReplication || objectType === parametricStereo
  const channels = configuration === 7 ? 8 : configuration
  return {
    sampleRate: hasExtension ? readRate() : coreRate,
    channels: objectType === parametricStereo && channels === 1 ? 2 : channelsOrUnknown(channels),
  }
}

/** 0 means that the channels are listed elsewhere; above 8 nothing is defined here. */
const channelsOrUnknown = (channels: number) => (channels >= 1 && channels <= 8 ? channels : undefined)

/** From an Opus identification header (RFC 7845, section 5.1). Opus is heard at 48 kHz, whatever was recorded. */
export const readOpusConfig = (head: Buffer): AudioParameters =>
  head.subarray(0, 8).toString('latin1') === 'OpusHead' && head.length > 9
    ? { sampleRate: 48_000, channels: channelsOrUnknown(head.readUInt8(9)) }
    : {}

const mp3SampleRates = [44_100, 48_000, 32_000]
/** Divisors of the rate by the version's bits: MPEG 2.5, reserved, MPEG 2, MPEG 1. */
const mp3RateDivisors = [4, undefined, 2, 1]

/** From the header of an MPEG audio frame (ISO/IEC 11172-3 section 2.4.1.3); the tag's own flags know no 48 kHz. */
export const readMp3Frame = (frame: Buffer): AudioParameters => {
  if (frame.length < 4 || frame.readUInt16BE(0) < 0xffe0) return {}
  const rate = mp3SampleRates[(frame.readUInt8(2) >> 2) & 3]
  const divisor = mp3RateDivisors[(frame.readUInt8(1) >> 3) & 3]
  const isMono = frame.readUInt8(3) >> 6 === 3
  if (rate === undefined || divisor === undefined) return {}
  return { sampleRate: rate / divisor, channels: isMono ? 1 : 2 }
}
