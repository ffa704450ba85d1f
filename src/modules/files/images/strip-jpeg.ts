import { orientationExif, withExifMark } from './exif.ts'

const marker = {
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  app15: 0xef,
  com: 0xfe,
}

/** Application segments that change how the picture looks; all others only tell about it. */
const kept: Record<number, string> = {
  [marker.app0]: 'JFIF\0',
  [marker.app2]: 'ICC_PROFILE\0',
  [marker.app14]: 'Adobe',
}

/**
 * A JPEG without EXIF, XMP, IPTC, comments, and what follows its end (phones put further pictures and films there, with
 * metadata of their own). The compressed picture is not touched; an orientation is kept.
 * Source: ITU-T T.81, annex B.
 * @returns undefined for a file that is not built like a JPEG
 */
export const stripJpeg = (data: Buffer, orientation: number): Buffer | undefined => {
  const segments = data.readUInt16BE(0) === 0xff00 + marker.soi ? readSegments(data) : undefined
  if (segments === undefined) return undefined
  const parts = segments.filter((segment) => isKept(segment)).map(({ bytes }) => bytes)
  const header = parts.findIndex((part) => part[1] !== marker.app0)
  if (orientation > 1) parts.splice(header, 0, orientationSegment(orientation))
  return Buffer.concat([data.subarray(0, 2), ...parts, Buffer.from([0xff, marker.eoi])])
}

type Segment = { code: number; bytes: Buffer; payload: Buffer }

const readSegments = (data: Buffer): Segment[] | undefined => {
  const segments: Segment[] = []
  for (let at = 2; at + 4 <= data.length; ) {
    if (data[at] !== 0xff) return undefined
    const code = data[at + 1] ?? 0
    // Any number of 0xff may stand before a marker.
    if (code === 0xff) at += 1
    else if (code === marker.eoi) return segments
    else {
      const headerEnd = at + 2 + data.readUInt16BE(at + 2)
      const end = code === marker.sos ? endOfScan(data, headerEnd) : headerEnd
      segments.push({ code, bytes: data.subarray(at, end), payload: data.subarray(at + 4, headerEnd) })
      at = end
    }
  }
  return segments
}

/** Compressed data goes on over stuffed bytes (ff 00) and restart markers (ff d0 to ff d7). */
const endOfScan = (data: Buffer, from: number): number => {
  for (let at = data.indexOf(0xff, from); at !== -1; at = data.indexOf(0xff, at + 1)) {
    const next = data[at + 1]
    const isData = next === undefined || next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)
    if (!isData) return at
  }
  return data.length
}

const isKept = ({ code, payload }: Segment): boolean => {
  const isMetadata = (code >= marker.app0 && code <= marker.app15) || code === marker.com
  const signature = kept[code]
  return !isMetadata || (signature !== undefined && payload.toString('latin1').startsWith(signature))
}

const orientationSegment = (orientation: number): Buffer => {
  const payload = withExifMark(orientationExif(orientation))
  const header = Buffer.from([0xff, marker.app1, 0, 0])
  header.writeUInt16BE(payload.length + 2, 2)
  return Buffer.concat([header, payload])
}
