import { orientationExif } from './exif.ts'

/** Chunks that decide how the picture looks and moves. The others are EXIF, XMP and what we do not know. */
const kept = new Set(['VP8 ', 'VP8L', 'VP8X', 'ANIM', 'ANMF', 'ALPH', 'ICCP'])
const flag = { xmp: 0x04, exif: 0x08 }

/**
 * A WebP without EXIF, XMP, and what follows its end. Pixels are not touched; an orientation is kept.
 * Source: RFC 9649, 2.
 * @returns undefined for a file that is not built like a WebP
 */
export const stripWebp = (data: Buffer, orientation: number): Buffer | undefined => {
  if (data.toString('latin1', 0, 4) !== 'RIFF' || data.toString('latin1', 8, 12) !== 'WEBP') return undefined
  const riffEnd = 8 + data.readUInt32LE(4)
  if (riffEnd > data.length) return undefined
  const parts: Buffer[] = []
  let extended = false
  for (let at = 12; at + 8 <= riffEnd; ) {
    const type = data.toString('latin1', at, at + 4)
    const sizeBytes = data.readUInt32LE(at + 4)
    const end = at + 8 + sizeBytes + (sizeBytes % 2)
    if (end > riffEnd) return undefined
    if (kept.has(type))
      parts.push(type === 'VP8X' ? withFlags(data.subarray(at, end), orientation) : data.subarray(at, end))
    extended ||= type === 'VP8X'
    at = end
  }
  if (extended && orientation > 1) parts.push(chunk('EXIF', orientationExif(orientation)))
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP', 'latin1'), ...parts]))
}

const withFlags = (extendedHeader: Buffer, orientation: number): Buffer => {
  const copy = Buffer.from(extendedHeader)
  const others = (copy[8] ?? 0) & ~(flag.xmp | flag.exif)
  copy[8] = orientation > 1 ? others | flag.exif : others
  return copy
}

const chunk = (type: string, payload: Buffer): Buffer => {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32LE(payload.length, 4)
  return Buffer.concat([header, payload, Buffer.alloc(payload.length % 2)])
}
