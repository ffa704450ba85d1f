const exifMark = Buffer.from('Exif\0\0', 'latin1')

/** Values of EXIF that are harmless to keep. All else, the place above all, is not even read. */
export type CameraFacts = { camera?: string; takenAt?: string }

const tags = { make: 0x010f, model: 0x0110, exifIfd: 0x8769, takenAt: 0x9003 }
const typeAscii = 2
const typeLong = 4
const mostEntries = 200
const longestText = 100

/** An EXIF block (a TIFF file) that says nothing but the orientation, 1 to 8. */
export const orientationExif = (orientation: number): Buffer => {
  const tiff = Buffer.alloc(26)
  tiff.write('MM\0*', 0, 'latin1')
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(0x0112, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  return tiff
}

export const withExifMark = (tiff: Buffer): Buffer => Buffer.concat([exifMark, tiff])

/** Reads what may be kept from an EXIF block (CIPA DC-008, 4.6). What is broken in it is left out. */
export const readCameraFacts = (exif: Buffer): CameraFacts => {
  const tiff = exif.subarray(0, 6).equals(exifMark) ? exif.subarray(6) : exif
  try {
    const read = tiffReader(tiff)
    const main = read.directory(read.u32(4))
    const maker = [read.text(main.get(tags.make)), read.text(main.get(tags.model))].filter(
      (part) => part !== '',
    )
    const details = read.directory(main.get(tags.exifIfd)?.value ?? 0)
    const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(read.text(details.get(tags.takenAt)))
    return {
      ...(maker.length > 0 ? { camera: maker.join(' ') } : {}),
      ...(time === null ? {} : { takenAt: `${time[1]}-${time[2]}-${time[3]}T${time[4]}` }),
    }
  } catch (error) {
    if (error instanceof RangeError) return {}
    throw error
  }
}

type Entry = { type: number; count: number; at: number; value: number }

/** Reading outside of the block throws a RangeError. */
const tiffReader = (tiff: Buffer) => {
  const little = tiff.toString('latin1', 0, 2) === 'II'
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  const directory = (at: number): Map<number, Entry> => {
    const entries = new Map<number, Entry>()
    if (at === 0) return entries
    for (let n = 0; n < Math.min(u16(at), mostEntries); n += 1) {
      const entry = at + 2 + n * 12
      const [type, count] = [u16(entry + 2), u32(entry + 4)]
      entries.set(u16(entry), { type, count, at: entry + 8, value: type === typeLong ? u32(entry + 8) : 0 })
    }
    return entries
  }
  const text = (entry: Entry | undefined): string => {
    if (entry === undefined || entry.type !== typeAscii || entry.count > 1_000) return ''
    const from = entry.count <= 4 ? entry.at : u32(entry.at)
    if (from + entry.count > tiff.length) return ''
    const characters = tiff.toString('latin1', from, from + entry.count).split('\0')[0] ?? ''
    return characters
      .replaceAll(/[^\x20-\x7e]/g, '')
      .trim()
      .slice(0, longestText)
  }
  return { u32, directory, text }
}
