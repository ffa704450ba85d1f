import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseFile } from './parse-file.ts'
import { fileFormats } from './parse-messages.ts'
import { newFolder, parseText } from './testing/parse-whole-file.ts'

const limits = { maxRows: 10_000_000, maxSeconds: 60 }

/** Processes that this one started. */
const children = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return status.slice(status.lastIndexOf(')') + 2).split(' ')[1] === String(process.pid)
      } catch {
        return false
      }
    })
    .map(Number)

const residentKilobytes = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${children()[0]}/status`, 'utf8'))?.[1])

const manyRows = (count: number): string => `id,name\n${'1,"some text"\n'.repeat(count)}`

const starts = { csv: 'a,b\n', json: '[{"', ndjson: '{"', xlsx: 'PK\x03\x04', parquet: 'PAR1' }

it.each(fileFormats)(
  'takes random bytes as %s',
  async (format) => {
    for (const start of ['', starts[format]]) {
      const bytes = Buffer.concat([
        Buffer.from(start, 'latin1'),
        randomBytes(20_000),
        Buffer.from(start.slice(0, 4)),
      ])
      const result = await parseText(bytes, format).catch((error: unknown) => error)
      if (!Array.isArray(result)) expect(result).toMatchObject({ code: 'FILE_NOT_READABLE' })
    }
    expect(children()).toEqual([])
  },
  60_000,
)

it('bounds rows and columns', async () => {
  await expect(parseText('a\n1\n2\n3\n', 'csv', { maxRows: 2 })).rejects.toMatchObject({
    code: 'TOO_MANY_ROWS',
  })
  expect(await parseText('a\n1\n2\n', 'csv', { maxRows: 2 })).toMatchObject([{ rowCount: 2 }])
  await expect(parseText('a,b,c\n', 'csv', { maxColumns: 2 })).rejects.toMatchObject({
    code: 'TOO_MANY_COLUMNS',
  })
  await expect(parseText('{"a":1,"b":2,"c":3}', 'ndjson', { maxColumns: 2 })).rejects.toMatchObject({
    code: 'TOO_MANY_COLUMNS',
  })
})

it('ends what takes too long', async () => {
  await expect(
    parseText(manyRows(2_000_000), 'csv', { maxSeconds: 0.3, maxRows: 1e7 }),
  ).rejects.toMatchObject({
    code: 'PARSER_TIMED_OUT',
  })
  expect(children()).toEqual([])
})

it('does not count the time that the reader of the rows takes', async () => {
  await using folder = await newFolder()
  const path = await folder.file(manyRows(200_000))
  await using file = parseFile({ path, format: 'csv', limits: { ...limits, maxSeconds: 2 } })
  await file.inspected
  let bytes = 0
  let waited = false
  for await (const { rows } of file.tables()) {
    for await (const chunk of rows) {
      if (!waited) await new Promise((resolve) => setTimeout(resolve, 2200))
      waited = true
      bytes += chunk.length
    }
  }
  expect(bytes).toBe(200_000 * '1\tsome text\n'.length)
})

it('says so when the child is killed', async () => {
  await using folder = await newFolder()
  const path = await folder.file(manyRows(500_000))
  const early = parseFile({ path, format: 'csv', limits })
  process.kill(children()[0] ?? 0, 'SIGKILL')
  const crash = {
    name: 'PermanentFailure',
    code: 'PARSER_CRASHED',
    message: expect.stringContaining('SIGKILL'),
  }
  await expect(early.inspected).rejects.toMatchObject(crash)
  await early.close()

  await using late = parseFile({ path, format: 'csv', limits })
  await late.inspected
  const reading = (async () => {
    for await (const { rows } of late.tables())
      for await (const _ of rows) process.kill(children()[0] ?? 0, 'SIGKILL')
  })()
  await expect(reading).rejects.toMatchObject(crash)
  expect(children()).toEqual([])
})

it('ends within two seconds of an abort, with the reason of the signal', async () => {
  await using folder = await newFolder()
  const path = await folder.file(manyRows(2_000_000))
  const reason = new Error('cancelled')
  const inspecting = new AbortController()
  const first = parseFile({
    path,
    format: 'csv',
    limits,
    signal: inspecting.signal,
    onProgress: () => inspecting.abort(reason),
  })
  await expect(first.inspected).rejects.toBe(reason)

  const writing = new AbortController()
  const second = parseFile({ path, format: 'csv', limits, signal: writing.signal })
  await second.inspected
  let aborted = 0
  const reading = (async () => {
    for await (const { rows } of second.tables()) {
      for await (const _ of rows) {
        aborted ||= performance.now()
        writing.abort(reason)
      }
    }
  })()
  await expect(reading).rejects.toBe(reason)
  await Promise.all([first.close(), second.close()])
  expect(performance.now() - aborted).toBeLessThan(2000)
  expect(children()).toEqual([])
})

it('leaves nothing behind when nobody reads', async () => {
  await using folder = await newFolder()
  const path = await folder.file(manyRows(300_000))
  const unread = parseFile({ path, format: 'csv', limits })
  await unread.close()
  const half = parseFile({ path, format: 'csv', limits })
  for await (const { rows } of half.tables()) {
    for await (const _ of rows) break
    break
  }
  await half.close()
  await half.close()
  expect(children()).toEqual([])
})

it('goes on to the next table when one is not read', async () => {
  await using folder = await newFolder()
  const rows = Array.from({ length: 50_000 }, (_, index) => ({ index, text: 'x'.repeat(20) }))
  const path = await folder.file(JSON.stringify({ first: rows, second: [{ a: 1 }] }))
  await using file = parseFile({ path, format: 'json', limits })
  let last = ''
  for await (const { table, rows } of file.tables()) {
    if (table.name === 'second') for await (const chunk of rows) last += chunk.toString()
  }
  expect(last).toBe('1\n')
})

it('says so when the child runs out of memory', async () => {
  // As many columns as the limit forbids otherwise.
  const members = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":1`)
  const limits = { maxColumns: 1e9, maxHeapMegabytes: 64 }
  await expect(parseText(`{${members.join(',')}}`, 'ndjson', limits)).rejects.toMatchObject({
    name: 'PermanentFailure',
    code: 'PARSER_RAN_OUT_OF_MEMORY',
  })
  expect(children()).toEqual([])
}, 60_000)

it('gives all rows to a reader who comes late', async () => {
  await using folder = await newFolder()
  await using file = parseFile({ path: await folder.file('a\n1\n'), format: 'csv', limits })
  for await (const { rows } of file.tables()) {
    // More than enough for the child to write and end.
    await new Promise((resolve) => setTimeout(resolve, 500))
    for await (const chunk of rows) expect(chunk.toString()).toBe('1\n')
  }
})

it('reads 300,000 rows in bounded memory', async () => {
  await using folder = await newFolder()
  const line =
    '123,John Smith,john@example.com,12.34,2024-01-02T03:04:05Z,true,0190c0a0-0000-7000-8000-000000000000,"a, b",2024-01-02,\n'
  const path = await folder.file(`a,b,c,d,e,f,g,h,i,j\n${line.repeat(300_000)}`)
  const start = performance.now()
  await using file = parseFile({ path, format: 'csv', limits })
  let highestKilobytes = 0
  let count = 0
  for await (const { rows } of file.tables()) {
    for await (const _ of rows) {
      if (count % 100 === 0) highestKilobytes = Math.max(highestKilobytes, residentKilobytes())
      count += 1
    }
  }
  console.log(`${Math.round(300_000 / ((performance.now() - start) / 1000))} rows/s, ${highestKilobytes} kB`)
  expect(highestKilobytes).toBeLessThan(300 * 1024)
}, 60_000)
