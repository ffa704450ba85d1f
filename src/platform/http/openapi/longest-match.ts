/** One character, or a class of them: `a`, `.`, `\d`, `\x21`, `[a-z]`. */
const character = /^(?:\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[^1-9kbB]|\[(?:\\.|[^\]\\])*\]|[^()|\\[\]{}?*+^$])/i
const repetition = /^(?:\{(\d+)\}|\{\d+,(\d+)\}|(\?)|([*+]|\{\d+,\}))\??/

/** How many characters, and what of the pattern is left behind them. */
type Measured = { length: number; rest: string }

/**
 * The most characters of a text that an anchored pattern takes. Undefined where nothing bounds it, and where it holds what is not
 * known here, such as a back reference.
 */
export const longestMatch = (pattern: string): number | undefined => {
  const [, anchored] = /^\^(.*)\$$/s.exec(pattern) ?? []
  if (anchored === undefined) return undefined
  const { length, rest } = measureSequence(anchored)
  return rest === '' && Number.isFinite(length) ? length : undefined
}

const measureAlternatives = (pattern: string): Measured => {
  let { length, rest } = measureSequence(pattern)
  while (rest.startsWith('|')) {
    const next = measureSequence(rest.slice(1))
    length = Math.max(length, next.length)
    rest = next.rest
  }
  return { length, rest }
}

const measureSequence = (pattern: string): Measured => {
  let length = 0
  let rest = pattern
  for (let piece = measurePiece(rest); piece !== undefined; piece = measurePiece(rest)) {
    length += piece.length
    rest = piece.rest
  }
  return { length, rest }
}

/** A character or a group, as often as it may come. */
const measurePiece = (pattern: string): Measured | undefined => {
  const group = /^\((?:\?:)?(?!\?)/.exec(pattern)
  const one = group === null ? measureCharacter(pattern) : measureGroup(pattern.slice(group[0].length))
  if (one === undefined) return undefined
  const [repeated = '', exactly, atMost, optional] = repetition.exec(one.rest) ?? []
  const times = repeated === '' || optional !== undefined ? 1 : Number(exactly ?? atMost ?? Infinity)
  return { length: times === 0 ? 0 : one.length * times, rest: one.rest.slice(repeated.length) }
}

const measureCharacter = (pattern: string): Measured | undefined => {
  const [found] = character.exec(pattern) ?? []
  return found === undefined ? undefined : { length: 1, rest: pattern.slice(found.length) }
}

const measureGroup = (pattern: string): Measured | undefined => {
  const { length, rest } = measureAlternatives(pattern)
  return rest.startsWith(')') ? { length, rest: rest.slice(1) } : undefined
}
