import type { ByteSink } from '../../../../platform/rows/byte-sink.ts'
import { writeBytes, writeUint } from '../../../../platform/rows/byte-sink.ts'
import type { ColumnType } from '../../../../platform/rows/column.ts'
import { mix32 } from '../counter-hash.ts'
import { newWordList, type WordList, writeWord } from '../dictionaries.ts'
import type { Producer } from '../field-type.ts'

/** Different texts, numbered from 0 up to and without `size` (2^52 at most), each written from its number. */
export type Texts = {
  size: number
  maxBytes: number
  plain: boolean
  write: (index: number, sink: ByteSink) => void
}

const mostTexts = 2 ** 52

const isPlain = (text: string): boolean => !/[\t\n\r\\]/.test(text)

export const wordTexts = (list: WordList): Texts => ({
  size: list.size,
  maxBytes: list.maxBytes,
  plain: list.words.every(isPlain),
  write: (index, sink) => writeWord(sink, list, index),
})

export const oneOf = (words: Iterable<string>): Texts => wordTexts(newWordList(words))

/** The whole numbers from `min` (0 or more) to `max`, in decimal. */
export const numberTexts = (min: number, max: number): Texts => ({
  size: max - min + 1,
  maxBytes: String(max).length,
  plain: true,
  write: (index, sink) => writeUint(sink, min + index),
})

/** The texts of the one, then those of the next. They must have none in common. */
export const union = (parts: Texts[]): Texts => {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const starts = new Float64Array(parts.length)
  let size = 0
  for (const [part, texts] of parts.entries()) {
    starts[part] = size
    size += texts.size
  }
  return {
    size: Math.min(size, mostTexts),
    maxBytes: Math.max(...parts.map(({ maxBytes }) => maxBytes)),
    plain: parts.every(({ plain }) => plain),
    write: (index, sink) => {
      let part = 0
      let end = parts.length
      while (end - part > 1) {
        const middle = (part + end) >>> 1
        if ((starts[middle] as number) <= index) part = middle
        else end = middle
      }
      const texts = parts[part] as Texts
      texts.write(index - (starts[part] as number), sink)
    },
  }
}

const literalText = (text: string): Texts => {
  const bytes = Buffer.from(text)
  return {
    size: 1,
    maxBytes: bytes.length,
    plain: isPlain(text),
    write: (_, sink) => writeBytes(sink, bytes),
  }
}

/**
 * Each text of the first part with each of the second and so on, one after the other. What is between two parts must keep apart
 * where one ends, or two combinations could read the same.
 */
export const product = (...given: (Texts | string)[]): Texts => {
  const parts = given.map((part) => (typeof part === 'string' ? literalText(part) : part))
  const strides = parts.map((_, part) => parts.slice(part + 1).reduce((all, { size }) => all * size, 1))
  const all = parts.reduce((count, { size }) => count * size, 1)
  const writes = parts.map(({ size, write }, part): Texts['write'] => {
    if (size === 1) return write
    const stride = strides[part] as number
    // The number of a text cannot name every combination of so many parts. Those in front then follow from the rest, which is
    // enough to keep texts apart, and turned by it, so that they vary all the same.
    if (stride * size <= mostTexts) return (index, sink) => write(Math.floor(index / stride) % size, sink)
    return (index, sink) => {
      const quotient = Math.floor(index / stride)
      const rest = index - quotient * stride
      write((quotient + mix32(mix32((rest / 2 ** 26) | part) ^ rest)) % size, sink)
    }
  })
  return {
    size: Math.min(all, mostTexts),
    maxBytes: parts.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
    plain: parts.every(({ plain }) => plain),
    write: (index, sink) => {
      for (let part = 0; part < writes.length; part += 1) (writes[part] as Texts['write'])(index, sink)
    },
  }
}

export const listProducer = (texts: Texts, columnType: ColumnType = 'text'): Producer => ({
  kind: 'list',
  columnType,
  ...texts,
})
