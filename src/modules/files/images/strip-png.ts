import { crc32 } from 'node:zlib'
import { orientationExif } from './exif.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Chunks that decide how the picture looks and moves. The others are texts, times, EXIF and what we do not know. */
const kept = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT'.split(' '),
)

/**
 * A PNG without texts, EXIF, times, and what follows its end. Pixels are not touched; an orientation is kept.
 * Source: W3C Portable Network Graphics (Third Edition), 5 and 11.
 * @returns undefined for a file that is not built like a PNG
 */
export const stripPng = (data: Buffer, orientation: number): Buffer | undefined => {
  if (!data.subarray(0, 8).equals(signature)) return undefined
  const parts: Buffer[] = [signature]
  for (let at = 8; at + 12 <= data.length; ) {
    const type = data.toString('latin1', at + 4, at + 8)
    const end = at + 12 + data.readUInt32BE(at)
    if (end > data.length) return undefined
    if (kept.has(type)) parts.push(data.subarray(at, end))
    if (type === 'IHDR' && orientation > 1) parts.push(chunk('eXIf', orientationExif(orientation)))
    if (type === 'IEND') return Buffer.concat(parts)
    at = end
  }
  return undefined
}

const chunk = (type: string, payload: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), payload])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(payload.length)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}
