import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hostileTexts } from '../../../test/harness/hostile-table.ts'
import { newSink, writeByte, writeText } from './byte-sink.ts'
import { escapeSince, lineFeed, readCell, readRows, tab, wholeRows, writeNull } from './copy-text.ts'

const write = (rows: (string | null)[][]): Buffer => {
  const sink = newSink(1_000_000)
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (index > 0) writeByte(sink, tab)
      const start = sink.at
      if (cell === null) writeNull(sink)
      else {
        writeText(sink, cell)
        escapeSince(sink, start)
      }
    }
    writeByte(sink, lineFeed)
  }
  return sink.bytes.subarray(0, sink.at)
}

async function* cut(bytes: Buffer, sizes: number[]) {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}
const gather = async (chunks: AsyncIterable<Buffer>) => {
  const found: Buffer[] = []
  for await (const chunk of chunks) found.push(chunk)
  return found
}

const special = fc.constantFrom('\\', '\t', '\n', '\r', '\\N', 'N', 'ä', '😀', '\b', '')
const cell = fc.option(
  fc.oneof(
    special,
    fc.string(),
    fc.array(special).map((parts) => parts.join('')),
  ),
)
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 20 }))

test('cells come back as they were, however hostile', () => {
  const rows = hostileTexts.map((text) => [text, null, text])
  expect(readRows(write(rows))).toEqual(rows)
  fc.assert(
    fc.property(table, (any) => {
      expect(readRows(write(any))).toEqual(any)
    }),
    { numRuns: 1_000 },
  )
})

test('specials are escaped as the documentation of COPY says, and only since the start', () => {
  const sink = newSink(100)
  writeText(sink, 'a\t')
  const start = sink.at
  writeText(sink, 'b\t\n\r\\é')
  escapeSince(sink, start)
  expect(sink.bytes.toString('utf8', 0, sink.at)).toBe('a\tb\\t\\n\\r\\\\é')
})

test('null is not the text \\N', () => {
  expect(write([[null], ['\\N']]).toString()).toBe('\\N\n\\\\N\n')
  const cells = ['\\N', '\\\\N', '\\b\\f\\v\\q'].map((text) => readCell(Buffer.from(text), 0, text.length))
  expect(cells).toEqual([null, '\\N', '\b\f\vq'])
})

test('however the bytes are cut, the chunks end with rows and are the same bytes', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(table, sizes, async (rows, cuts) => {
      const bytes = write(rows)
      const chunks = await gather(wholeRows(cut(bytes, cuts)))
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
      expect(chunks.every((chunk) => chunk.at(-1) === lineFeed)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('rows that break off are a fault, and so is one without end', async () => {
  await expect(gather(wholeRows(cut(Buffer.from('a\tb\nc'), [2])))).rejects.toThrow('break off')
  async function* endless() {
    for (;;) yield Buffer.alloc(16 * 1024 ** 2, 'x')
  }
  await expect(gather(wholeRows(endless()))).rejects.toThrow('too long')
})
