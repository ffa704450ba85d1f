const extension = { introducer: 0x21, comment: 0xfe, application: 0xff }
const imageDescriptor = 0x2c
const trailer = 0x3b

/** How often an animation repeats, and its colours. XMP is written as an application's block, too. */
const keptApplications = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012'])

/**
 * A GIF without comments, XMP, and what follows its end. Pixels are not touched.
 * Source: GIF89a specification, 17 to 27.
 * @returns undefined for a file that is not built like a GIF
 */
export const stripGif = (data: Buffer): Buffer | undefined => {
  if (!/^GIF8[79]a$/.test(data.toString('latin1', 0, 6))) return undefined
  const headerEnd = 13 + colorTableBytes(data.readUInt8(10))
  const parts = [data.subarray(0, headerEnd)]
  for (let at = headerEnd; at < data.length; ) {
    const introducer = data[at]
    if (introducer === trailer) return Buffer.concat([...parts, Buffer.from([trailer])])
    const end = endOfBlock(data, at)
    if (end === undefined) return undefined
    if (introducer === imageDescriptor || isKeptExtension(data, at)) parts.push(data.subarray(at, end))
    at = end
  }
  return undefined
}

/** The packed flags say whether there is a table, and how many bits count its colours. */
const colorTableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))

const endOfBlock = (data: Buffer, at: number): number | undefined => {
  if (data[at] === extension.introducer) return endOfSubBlocks(data, at + 2)
  if (data[at] !== imageDescriptor) return undefined
  return endOfSubBlocks(data, at + 10 + colorTableBytes(data.readUInt8(at + 9)) + 1)
}

/** Runs of up to 255 bytes, each after its length; a run of none ends them. */
const endOfSubBlocks = (data: Buffer, from: number): number => {
  let at = from
  while (data.readUInt8(at) !== 0) at += 1 + data.readUInt8(at)
  return at + 1
}

const isKeptExtension = (data: Buffer, at: number): boolean => {
  const label = data[at + 1]
  if (label === extension.comment) return false
  return label !== extension.application || keptApplications.has(data.toString('latin1', at + 3, at + 14))
}
