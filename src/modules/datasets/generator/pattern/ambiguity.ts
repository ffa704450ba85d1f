import { newSink } from '../../../../platform/rows/byte-sink.ts'
import { compilePattern, type Texts } from './compile-pattern.ts'
import type { PatternNode } from './parse-pattern.ts'

/** The derivations of a pattern are written out and compared if they take no more than this. */
const mostComparedBytes = 500_000

type Characters = ReadonlySet<string>
const nothing: Characters = new Set()

/** The characters that a part can begin with, and whether it can be empty. */
type Start = { first: Characters; canBeEmpty: boolean }

/**
 * Whether two derivations of the pattern may make the same text. A pattern that is not found ambiguous surely is not; one that
 * is may still be fine, as the rule is a simple one: reading a text from the left, the next character must always tell
 * which way to go. Whole patterns and parts with few derivations are compared text by text instead.
 * Source: the LL(1) conditions of parsing, which exclude ambiguity; see Aho, Lam, Sethi and Ullman, "Compilers", 4.4.3.
 */
export const mayBeAmbiguous = (node: PatternNode): boolean => {
  const texts = compilePattern(node)
  if (canCompare(texts)) return new Set(allTexts(texts)).size < texts.size
  return isUndecided(node, nothing)
}

const canCompare = ({ size, maxBytes }: Texts): boolean => size * maxBytes <= mostComparedBytes

const allTexts = ({ size, maxBytes, write }: Texts): string[] => {
  const sink = newSink(maxBytes)
  return Array.from({ length: size }, (_, index) => {
    sink.at = 0
    write(index, sink)
    return sink.bytes.toString('utf8', 0, sink.at)
  })
}

/** @param follow the characters that can come after the part */
const isUndecided = (node: PatternNode, follow: Characters): boolean => {
  switch (node.kind) {
    case 'text':
    case 'set':
      return false
    case 'sequence':
      return isSequenceUndecided(node.parts, follow)
    case 'choice':
      return !isPrefixFree(node) && isChoiceUndecided(node.branches, follow)
    case 'repeat':
      return isRepeatUndecided(node, follow)
  }
}

const isSequenceUndecided = (parts: PatternNode[], follow: Characters): boolean => {
  let after = follow
  return parts.toReversed().some((part) => {
    const undecided = isUndecided(part, after)
    const { first, canBeEmpty } = startOf(part)
    after = canBeEmpty ? union(first, after) : first
    return undecided
  })
}

const isChoiceUndecided = (branches: PatternNode[], follow: Characters): boolean => {
  const seen = new Set<string>()
  let empties = 0
  for (const branch of branches) {
    const { first, canBeEmpty } = startOf(branch)
    empties += canBeEmpty ? 1 : 0
    // An empty branch begins with what follows.
    for (const character of canBeEmpty ? union(first, follow) : first) {
      if (seen.has(character)) return true
      seen.add(character)
    }
  }
  return empties > 1 || branches.some((branch) => isUndecided(branch, follow))
}

const isRepeatUndecided = (node: PatternNode & { kind: 'repeat' }, follow: Characters): boolean => {
  const { part, min, max } = node
  if (max === 0) return false
  const { first, canBeEmpty } = startOf(part)
  const varies = min < max
  if (varies && (canBeEmpty || meet(first, follow))) return true
  return isUndecided(part, max > 1 ? union(first, follow) : follow)
}

/** All texts are known, and none begins with another: then reading one tells which it was, whatever follows. */
const isPrefixFree = (node: PatternNode): boolean => {
  const texts = compilePattern(node)
  if (!canCompare(texts)) return false
  const sorted = allTexts(texts).sort()
  return sorted.every((text, place) => place === 0 || !text.startsWith(sorted[place - 1] ?? ''))
}

const startOf = (node: PatternNode): Start => {
  switch (node.kind) {
    case 'text': {
      const [first] = node.text
      return first === undefined
        ? { first: nothing, canBeEmpty: true }
        : { first: new Set([first]), canBeEmpty: false }
    }
    case 'set':
      return { first: new Set(node.characters), canBeEmpty: false }
    case 'choice': {
      const starts = node.branches.map(startOf)
      return {
        first: new Set(starts.flatMap(({ first }) => [...first])),
        canBeEmpty: starts.some(({ canBeEmpty }) => canBeEmpty),
      }
    }
    case 'sequence':
      return startOfSequence(node.parts)
    case 'repeat': {
      if (node.max === 0) return { first: nothing, canBeEmpty: true }
      const { first, canBeEmpty } = startOf(node.part)
      return { first, canBeEmpty: canBeEmpty || node.min === 0 }
    }
  }
}

const startOfSequence = (parts: PatternNode[]): Start => {
  let first = nothing
  for (const part of parts) {
    const start = startOf(part)
    first = union(first, start.first)
    if (!start.canBeEmpty) return { first, canBeEmpty: false }
  }
  return { first, canBeEmpty: true }
}

const union = (some: Characters, more: Characters): Characters => new Set([...some, ...more])
const meet = (some: Characters, others: Characters): boolean => [...some].some((one) => others.has(one))
