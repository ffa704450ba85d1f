import { type ByteSink, writeBytes } from '../../../../platform/rows/byte-sink.ts'
import { newWordList, writeWord } from '../dictionaries.ts'
import { SchemaFault } from '../field-type.ts'
import type { PatternNode } from './parse-pattern.ts'

/** The longest text that a pattern may make, in bytes. What makes no bytes counts as one, so that the work is bounded too. */
const longestTextBytes = 4096
/** As many as a permutation can have places. */
export const mostNumbered = 2 ** 52

/** The next random whole number from 0 up to and without `size`. */
export type NextBelow = (size: number) => number

/**
 * The texts of a pattern. A derivation is one way to walk through it; two can make the same text (`a|a`).
 * `size`: how many derivations there are, infinity for more than 2^52.
 */
export type Texts = {
  size: number
  maxBytes: number
  /** None has a tab, line break or backslash. */
  plain: boolean
  /** Writes derivation `index`. Only with a finite size. */
  write: (index: number, sink: ByteSink) => void
  /** Writes one whose every choice is random. */
  draw: (next: NextBelow, sink: ByteSink) => void
}

const tooLong = () => {
  const message = `The pattern can make texts of more than ${longestTextBytes} bytes.`
  return new SchemaFault('options.regex', 'pattern_too_long', message)
}

const bounded = (bytes: number): number => {
  if (bytes > longestTextBytes) throw tooLong()
  return bytes
}

const countable = (size: number): number => (size <= mostNumbered ? size : Number.POSITIVE_INFINITY)

/** @throws SchemaFault on `options.regex` for texts that are too long */
export const compilePattern = (node: PatternNode): Texts => {
  switch (node.kind) {
    case 'text':
      return literal(node.text)
    case 'set':
      return oneOf(node.characters)
    case 'sequence':
      return sequence(node.parts.map(compilePattern))
    case 'choice':
      return choice(node.branches.map(compilePattern))
    case 'repeat':
      return repeat(compilePattern(node.part), node.min, node.max)
  }
}

const isPlain = (text: string): boolean => !/[\t\n\r\\]/.test(text)

const literal = (text: string): Texts => {
  const bytes = Buffer.from(text)
  const write = (_: unknown, sink: ByteSink) => writeBytes(sink, bytes)
  return { size: 1, maxBytes: Math.max(1, bytes.length), plain: isPlain(text), write, draw: write }
}

const oneOf = (characters: readonly string[]): Texts => {
  const list = newWordList(characters)
  const { size, maxBytes, bytes } = list
  const write: Texts['write'] =
    maxBytes > 1
      ? (index, sink) => writeWord(sink, list, index)
      : (index, sink) => {
          sink.bytes[sink.at] = bytes[index] as number
          sink.at += 1
        }
  const plain = characters.every(isPlain)
  return { size, maxBytes, plain, write, draw: (next, sink) => write(next(size), sink) }
}

/** Numbered like the digits of a number, the last part's fastest. */
const sequence = (parts: Texts[]): Texts => {
  const maxBytes = bounded(parts.reduce((sum, part) => sum + part.maxBytes, 0))
  const strides = new Float64Array(parts.length)
  let size = 1
  for (let place = parts.length - 1; place >= 0; place -= 1) {
    strides[place] = size
    size = countable(size * (parts[place] as Texts).size)
  }
  return {
    size,
    maxBytes: Math.max(1, maxBytes),
    plain: parts.every(({ plain }) => plain),
    write: (index, sink) => {
      let rest = index
      for (let place = 0; place < parts.length; place += 1) {
        const part = parts[place] as Texts
        if (part.size === 1) {
          part.write(0, sink)
          continue
        }
        const stride = strides[place] as number
        const digit = Math.floor(rest / stride)
        rest -= digit * stride
        part.write(digit, sink)
      }
    },
    draw: (next, sink) => {
      for (const part of parts) part.draw(next, sink)
    },
  }
}

/** Numbered one branch after the other. */
const choice = (branches: Texts[]): Texts => {
  const ends: number[] = []
  let size = 0
  for (const branch of branches) {
    size = countable(size + branch.size)
    ends.push(size)
  }
  return {
    size,
    maxBytes: Math.max(...branches.map(({ maxBytes }) => maxBytes)),
    plain: branches.every(({ plain }) => plain),
    write: (index, sink) => {
      const place = ends.findIndex((end) => index < end)
      const start = place === 0 ? 0 : (ends[place - 1] as number)
      ;(branches[place] as Texts).write(index - start, sink)
    },
    draw: (next, sink) => (branches[next(branches.length)] as Texts).draw(next, sink),
  }
}

/** Numbered by how often: all of `min` times first. Each is numbered like the digits of a number. */
const repeat = (part: Texts, min: number, max: number): Texts => {
  const ends: number[] = []
  let size = 0
  for (let count = min; count <= max; count += 1) {
    size = countable(size + countable(part.size ** count))
    ends.push(size)
  }
  const writeTimes = (count: number, index: number, sink: ByteSink) => {
    let rest = index
    let stride = part.size ** (count - 1)
    for (let time = 0; time < count; time += 1) {
      const digit = Math.floor(rest / stride)
      rest -= digit * stride
      stride /= part.size
      part.write(digit, sink)
    }
  }
  return {
    size,
    maxBytes: bounded(Math.max(1, part.maxBytes * max)),
    plain: part.plain,
    write: (index, sink) => {
      const place = min === max ? 0 : ends.findIndex((end) => index < end)
      writeTimes(min + place, place === 0 ? index : index - (ends[place - 1] as number), sink)
    },
    draw: (next, sink) => {
      const count = min + (min === max ? 0 : next(max - min + 1))
      for (let time = 0; time < count; time += 1) part.draw(next, sink)
    },
  }
}

/** The parts that are passed through one after the other, whatever the text. */
export const partsOf = (node: PatternNode): PatternNode[] => {
  if (node.kind === 'sequence') return node.parts.flatMap(partsOf)
  if (node.kind !== 'repeat' || node.min === 0) return [node]
  const { part, min, max } = node
  const fixed = new Array<PatternNode[]>(min).fill(partsOf(part)).flat()
  return max === min ? fixed : [...fixed, { kind: 'repeat', part, min: 0, max: max - min }]
}
