import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { openDiskStorage } from '../../platform/storage/disk-storage.ts'
import { newUploadKey } from '../../platform/storage/object-key.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import { detectContentType } from './content-type.ts'

let directory: string
let storage: Storage
beforeAll(async () => {
  directory = makeTemporaryDirectory()
  storage = await openDiskStorage({ directory: path.join(directory, 'files'), signingKey: Buffer.alloc(32) })
})
afterAll(() => removeTemporaryDirectory(directory))

const detect = async (content: Buffer | string, declared: string | undefined) => {
  const key = newUploadKey()
  const { sizeBytes } = await storage.put(key, [Buffer.from(content)], { maxBytes: 30_000_000 })
  return detectContentType(storage, key, sizeBytes, declared)
}

test.each([
  ['a,b\n1,2\n', 'text/csv', 'text/csv'],
  ['BMW,1\n', 'text/csv', 'text/csv'],
  ['\ufeff# Über\n<div align="center">x</div>', 'text/markdown', 'text/markdown'],
  ['  {"a": 1}', 'application/json', 'application/json'],
  ['[1]', 'application/json', 'application/json'],
  ['hello', 'application/json', undefined],
  ['hello', 'image/png', undefined],
  ['', 'text/plain', undefined],
  ['a\0b', 'text/plain', undefined],
  ['caf\xe9', 'text/plain', 'text/plain'],
  ['<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'image/png', 'image/svg+xml'],
  ['<?xml version="1.0"?><!-- x --><svg/>', 'text/plain', 'image/svg+xml'],
  ['\n<!-- a --> <!doctype HTML><p>', 'text/plain', 'text/html'],
  ['<script>alert(1)</script>', 'text/csv', 'text/html'],
  ['<?xml version="1.0"?><a/>', 'text/plain', 'application/xml'],
  ['%PDF-1.7\nall text', 'text/plain', 'application/pdf'],
  ['{\\rtf1 x}', 'application/json', 'application/rtf'],
])('%j declared as %s is %s', async (content, declared, expected) => {
  expect(await detect(content, declared)).toBe(expected)
})

test('the time that it takes to see past comments grows with their number only', async () => {
  for (const comments of [24, 26, 28, 1_000]) {
    const startedAt = performance.now()
    expect(await detect(`${'<!---->'.repeat(comments)}x`, 'text/plain')).toBe('text/plain')
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  }
  expect(await detect(`${'<!-- - -- -->\n'.repeat(500)}<html>`, 'text/plain')).toBe('text/html')
  expect(await detect(`<!--${'-'.repeat(6_000)}--><html>`, 'text/plain')).toBe('text/html')
})

test.each([0x00, 0x08, 0x0b, 0x0e, 0x1f, 0x7f])('byte %i is not of a text, wherever it is', async (byte) => {
  const content = Buffer.alloc(600_000, 'a\t\n\f\r ')
  expect(await detect(content, 'text/csv')).toBe('text/csv')
  content[599_999] = byte
  expect(await detect(content, 'text/csv')).toBeUndefined()
})

test('text is UTF-8 to its last byte', async () => {
  const long = Buffer.concat([Buffer.alloc(2_000_000, 'a'), Buffer.from([0xc3])])
  expect(await detect(long, 'text/plain')).toBeUndefined()
  expect(await detect(Buffer.concat([long, Buffer.from([0xbc])]), 'text/plain')).toBe('text/plain')
  expect(await detect(Buffer.from([0xe9, 0x20]), 'text/plain')).toBeUndefined()
})

test('pictures are known by their bytes, whatever was declared', async () => {
  const blank = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif'] as const) {
    const data = await blank.clone().toFormat(format).toBuffer()
    expect(await detect(data, 'text/plain')).toBe(`image/${format}`)
    expect(await detect(data, undefined)).toBe(`image/${format}`)
  }
})

/** A ZIP of stored parts, as office programs write them. */
const zip = (parts: Record<string, string>) =>
  Buffer.concat(
    Object.entries(parts).map(([name, text]) => {
      const header = Buffer.alloc(30)
      header.writeUInt32LE(0x04034b50)
      header.writeUInt16LE(20, 4)
      header.writeUInt32LE(text.length, 18)
      header.writeUInt32LE(text.length, 22)
      header.writeUInt16LE(name.length, 26)
      return Buffer.concat([header, Buffer.from(name), Buffer.from(text)])
    }),
  )

test('office documents are told from other archives', async () => {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  const types = `<Types><Override PartName="/xl/workbook.xml" ContentType="${type}.main+xml"/></Types>`
  expect(await detect(zip({ '[Content_Types].xml': types, 'xl/workbook.xml': '<workbook/>' }), type)).toBe(
    type,
  )
  expect(await detect(zip({ 'a.txt': 'a' }), type)).toBe('application/zip')
})

test('films are known by their first box', async () => {
  const mp4 = Buffer.concat([
    Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1'),
    Buffer.alloc(100),
  ])
  expect(await detect(mp4, 'video/mp4')).toBe('video/mp4')
  const quickTime = Buffer.concat([
    Buffer.from('\0\0\0\x14ftypqt  \0\0\x02\0qt  ', 'latin1'),
    Buffer.alloc(100),
  ])
  expect(await detect(quickTime, 'video/mp4')).toBe('video/quicktime')
  const webm = Buffer.concat([
    Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
    Buffer.alloc(100),
  ])
  expect(await detect(webm, 'video/webm')).toBe('video/webm')
})
