/**
 * How many styled 1024 x 1024 pictures a second the local provider makes of a large photo, style by style and through
 * its threads, and how that compares with sharp alone decoding, resizing and encoding the same photo.
 *
 * Limit: 5 pictures a second on two cores, on average over the styles. Run with `node bench/images.ts [photo]`.
 */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import { createLocalProvider } from '../src/modules/generations/providers/local/local-provider.ts'
import { type Style, styles } from '../src/modules/generations/providers/provider.ts'

const limitPerSecond = 5
const rounds = 5
const picturesPerRound = 4
const size = { width: 1024, height: 1024 }

const [, , path] = process.argv
const photo = path ? await readFile(path) : await largePhoto()
const threads = Math.min(2, availableParallelism())
const provider = createLocalProvider({ threads })
const calm = { signal: new AbortController().signal, progress: () => {} }

sharp.concurrency(1)
sharp.cache(false)

/** The park enlarged to what a camera delivers, so that the benchmark needs no file beyond the repository's. */
async function largePhoto(): Promise<Buffer> {
  const park = new URL('../test/fixtures/cmyk.jpg', import.meta.url)
  const large = sharp(await readFile(park))
    .toColourspace('srgb')
    .resize(2720, 1812)
  return await large.jpeg({ quality: 90 }).toBuffer()
}

async function bare(): Promise<void> {
  await sharp(photo).resize(size.width, size.height, { fit: 'cover' }).jpeg({ quality: 88 }).toBuffer()
}

async function styled(style: Style): Promise<void> {
  const request = { prompt: '', style, seed: 1, strength: 1, size, image: photo, idempotencyKey: 'bench' }
  await provider.generate(request, calm)
}

/** The median rate over the rounds, in pictures a second, with as many under way as there are threads. */
async function rate(make: () => Promise<void>): Promise<number> {
  await together(make)
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now()
    await together(make)
    rates.push((picturesPerRound * 1000) / (performance.now() - startedAt))
  }
  return rates.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

async function together(make: () => Promise<void>): Promise<void> {
  let left = picturesPerRound
  const worker = async () => {
    while (left-- > 0) await make()
  }
  await Promise.all(Array.from({ length: threads }, worker))
}

const bareRate = await rate(bare)
console.log(`sharp alone: ${bareRate.toFixed(1)} pictures/s with ${threads} at a time`)
let seconds = 0
for (const style of styles) {
  const styledRate = await rate(() => styled(style))
  seconds += 1 / styledRate
  const ratio = (styledRate / bareRate).toFixed(2)
  console.log(`${style.padEnd(15)} ${styledRate.toFixed(1).padStart(5)} pictures/s   ${ratio} of sharp alone`)
}
const average = styles.length / seconds
await provider.close()
console.log(
  `all styles      ${average.toFixed(1).padStart(5)} pictures/s   ${(average / limitPerSecond).toFixed(2)} of the limit of ${limitPerSecond}/s`,
)
if (average < limitPerSecond) process.exitCode = 1
