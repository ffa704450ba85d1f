import { expect, test } from 'vitest'
import { isNotModified, requestedRange } from './byte-range.ts'

const modifiedAt = new Date('2026-11-05T10:20:30.456Z')
const head = { sizeBytes: 100, modifiedAt, etag: '"abc"' }
const lastModified = modifiedAt.toUTCString()

test.each([
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=90-', { first: 90, last: 99 }],
  ['bytes=90-500', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-500', { first: 0, last: 99 }],
  ['BYTES=99-99', { first: 99, last: 99 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-0', undefined],
  ['bytes=-', undefined],
  ['bytes=0-1,5-6', undefined],
  ['bytes=0x1-2', undefined],
  ['bytes=99999999999999999999-', undefined],
  ['lines=0-9', undefined],
  [undefined, undefined],
])('range %s', (range, expected) => {
  expect(requestedRange({ range }, head)).toEqual(expected)
})

test.each([
  ['"abc"', true],
  ['W/"abc"', false],
  ['"abd"', false],
  [lastModified, true],
  ['Thu, 05 Nov 2026 10:20:31 GMT', false],
  ['rubbish', false],
])('If-Range %s holds: %s', (ifRange, holds) => {
  const range = requestedRange({ range: 'bytes=0-9', 'if-range': ifRange }, head)
  expect(range).toEqual(holds ? { first: 0, last: 9 } : undefined)
})

test.each([
  [{ 'if-none-match': '"abc"' }, true],
  [{ 'if-none-match': 'W/"x", W/"abc"' }, true],
  [{ 'if-none-match': '*' }, true],
  [{ 'if-none-match': '"x"' }, false],
  [{ 'if-none-match': '"x"', 'if-modified-since': lastModified }, false],
  [{ 'if-modified-since': lastModified }, true],
  [{ 'if-modified-since': 'Thu, 05 Nov 2026 10:20:29 GMT' }, false],
  [{ 'if-modified-since': 'never' }, false],
  [{}, false],
])('%j is not modified: %s', (headers, expected) => {
  expect(isNotModified(headers, head)).toBe(expected)
})

test('no range of an empty object can be had', () => {
  expect(requestedRange({ range: 'bytes=0-' }, { ...head, sizeBytes: 0 })).toBe('unsatisfiable')
  expect(requestedRange({ range: 'bytes=-5' }, { ...head, sizeBytes: 0 })).toBe('unsatisfiable')
})
