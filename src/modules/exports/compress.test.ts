import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fromBuffer } from 'yauzl'
import { readAll } from '../../../test/harness/hostile-table.ts'
import { type Compression, compressed, type EncodedFile } from './compress.ts'

const format = { extension: '.csv', contentType: 'text/csv', compressible: true }

async function* piecesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

/** Names and texts of the entries of a zip, and whether they are deflated. */
const unzip = (bytes: Buffer) =>
  new Promise<{ name: string; text: string; deflated: boolean }[]>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error)
      const entries: { name: string; text: string; deflated: boolean }[] = []
      zip.on('error', reject)
      zip.on('end', () => resolve(entries))
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, async (fault, stream) => {
          if (fault) return reject(fault)
          const text = (await readAll(stream)).toString()
          entries.push({ name: entry.fileName, text, deflated: entry.compressionMethod === 8 })
          zip.readEntry()
        })
      })
      zip.readEntry()
    })
  })

test('one file: as it is, as gzip, or in a zip', async () => {
  const made = (compression: Compression) =>
    compressed(format, compression, [{ name: 'users.csv', content: piecesOf('a,b\r\n', '1,2\r\n') }])
  const plain = made('none')
  expect([plain.extension, plain.contentType]).toEqual(['.csv', 'text/csv'])
  expect((await readAll(plain.content)).toString()).toBe('a,b\r\n1,2\r\n')
  const gzip = made('gzip')
  expect([gzip.extension, gzip.contentType]).toEqual(['.csv.gz', 'application/gzip'])
  expect(gunzipSync(await readAll(gzip.content)).toString()).toBe('a,b\r\n1,2\r\n')
  const zip = made('zip')
  expect([zip.extension, zip.contentType]).toEqual(['.zip', 'application/zip'])
  expect(await unzip(await readAll(zip.content))).toEqual([
    { name: 'users.csv', text: 'a,b\r\n1,2\r\n', deflated: true },
  ])
})

test.each(['none', 'gzip', 'zip'] as const)('several files are a zip, asked for %s', async (compression) => {
  const names = ['a.csv', 'A.csv', '../x/y.csv', 'empty.csv']
  const files = names.map((name, index) => ({ name, content: index === 3 ? piecesOf() : piecesOf(name) }))
  const { extension, content } = compressed(format, compression, files)
  expect(extension).toBe('.zip')
  const deflated = compression !== 'none'
  expect(await unzip(await readAll(content))).toEqual([
    { name: 'a.csv', text: 'a.csv', deflated },
    { name: 'A (2).csv', text: 'A.csv', deflated },
    { name: '.._x_y.csv', text: '../x/y.csv', deflated },
    { name: 'empty.csv', text: '', deflated },
  ])
})

/** Files without end that count what is read of them, and know whether they are closed. */
const endless = (count: number) => {
  const state = { read: 0, open: 0 }
  const files = Array.from({ length: count }, (_, index): EncodedFile => {
    const content = (async function* () {
      state.open += 1
      try {
        while (true) {
          state.read += 1
          yield Buffer.from(Array.from({ length: 16_384 }, () => Math.random() * 256))
        }
      } finally {
        state.open -= 1
      }
    })()
    return { name: `${index}.csv`, content }
  })
  return { state, files }
}

test.each([
  ['none', 1],
  ['gzip', 1],
  ['zip', 1],
  ['none', 2],
  ['zip', 2],
] as const)('a reader that stops early closes the sources: %s of %i', async (compression, count) => {
  const { state, files } = endless(count)
  let pieces = 0
  for await (const piece of compressed(format, compression, files).content) {
    expect(piece.length).toBeGreaterThan(0)
    pieces += 1
    if (pieces === 5) break
  }
  expect(state.read).toBeGreaterThan(0)
  expect(state.open).toBe(0)
})

test.each(['none', 'gzip', 'zip'] as const)('reads no more than is asked for: %s', async (compression) => {
  const { state, files } = endless(1)
  const content = compressed(format, compression, files).content[Symbol.asyncIterator]()
  await content.next()
  // Long enough for a source without bound to be read thousands of times.
  for (let turn = 0; turn < 2000; turn += 1) await new Promise(setImmediate)
  expect(state.read).toBeLessThan(50)
  await content.return?.()
  expect(state.open).toBe(0)
})

test.each(['none', 'gzip', 'zip'] as const)(
  'an error of a source reaches the reader: %s',
  async (compression) => {
    let closed = false
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.alloc(100_000)
        throw new Error('the source broke')
      } finally {
        closed = true
      }
    }
    const { content } = compressed(format, compression, [{ name: 'a.csv', content: failing() }])
    await expect(readAll(content)).rejects.toThrow('the source broke')
    expect(closed).toBe(true)
  },
)
