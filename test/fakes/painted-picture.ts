import sharp from 'sharp'

/** What fake engines make of a seed: one colour, so that a test can tell whose picture it is. */
export const colourOf = (seed: number) => ({ r: seed % 256, g: 100, b: 50 })

export type Painting = { seed: number; width: number; height: number; photo?: Buffer | undefined }

/** A picture of one colour, or the negative of the photo; PNG. */
export const paint = ({ seed, width, height, photo }: Painting): Promise<Buffer> =>
  photo === undefined
    ? sharp({ create: { width, height, channels: 3, background: colourOf(seed) } })
        .png()
        .toBuffer()
    : sharp(photo).resize(width, height, { fit: 'cover' }).negate({ alpha: false }).png().toBuffer()

/** A PNG whose header says that it has 400 million pixels. */
export const oversizedPng = async (): Promise<Buffer> => {
  const small = await paint({ seed: 1, width: 8, height: 8 })
  small.writeUInt32BE(20_000, 16)
  small.writeUInt32BE(20_000, 20)
  return small
}
