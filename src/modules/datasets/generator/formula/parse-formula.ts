import { formulaFault, type Token, tokenize } from './tokenize.ts'

export type BinaryOperator = keyof typeof leftPowers

/** `at`: where the part stands in the text, counted from 0. */
export type Expression = { at: number } & (
  | { kind: 'literal'; value: number | string | boolean }
  | { kind: 'field'; name: string }
  | { kind: 'negative'; operand: Expression }
  | { kind: 'not'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'call'; name: string; values: Expression[] }
)

const mostNested = 60

/** How tightly an operator holds what is left of it. */
const leftPowers = {
  or: 20,
  and: 30,
  '=': 50,
  '!=': 50,
  '<': 50,
  '<=': 50,
  '>': 50,
  '>=': 50,
  '&': 60,
  '+': 70,
  '-': 70,
  '*': 80,
  '/': 80,
  '%': 80,
  '^': 100,
} as const
const conditionPower = 10
const notPower = 40
const comparisonPower = 50
const negativePower = 90

const otherNames: ReadonlyMap<string, string> = new Map([
  ['==', '='],
  ['<>', '!='],
])
const isBinary = (name: string): name is BinaryOperator => Object.hasOwn(leftPowers, name)

type Reader = { tokens: Token[]; next: number; depth: number }

const peek = ({ tokens, next }: Reader): Token => tokens[next] ?? { kind: 'end', value: '', at: 0 }
const take = (reader: Reader): Token => {
  const token = peek(reader)
  reader.next += 1
  return token
}

const isSign = (token: Token, sign: string) => token.kind === 'sign' && token.value === sign

/**
 * Reads an expression by the binding power of its operators.
 * @throws SchemaFault with the position, counted from 1
 * Source: V. R. Pratt, "Top Down Operator Precedence" (POPL 1973).
 */
export const parseFormula = (text: string): Expression => {
  const reader: Reader = { tokens: tokenize(text), next: 0, depth: 0 }
  const expression = readExpression(reader, 0)
  const rest = peek(reader)
  if (rest.kind !== 'end') throw unexpected(rest)
  return expression
}

const unexpected = (token: Token) =>
  formulaFault(
    token.at,
    token.kind === 'end' ? 'The formula ends too early.' : `${token.value} does not fit here.`,
  )

const expectSign = (reader: Reader, sign: string): void => {
  const token = take(reader)
  if (!isSign(token, sign)) throw formulaFault(token.at, `${sign} is missing.`)
}

const readExpression = (reader: Reader, power: number): Expression => {
  reader.depth += 1
  if (reader.depth > mostNested)
    throw formulaFault(peek(reader).at, `More than ${mostNested} parts within each other.`)
  let left = readStart(reader)
  for (;;) {
    const further = readFurther(reader, left, power)
    if (further === undefined) break
    left = further
  }
  reader.depth -= 1
  return left
}

const readStart = (reader: Reader): Expression => {
  const token = take(reader)
  const { at } = token
  if (token.kind === 'number' || token.kind === 'text') return { kind: 'literal', value: token.value, at }
  if (token.kind === 'name') return readName(reader, token.value, at)
  if (isSign(token, '-')) return { kind: 'negative', operand: readExpression(reader, negativePower), at }
  if (!isSign(token, '(')) throw unexpected(token)
  const inner = readExpression(reader, 0)
  expectSign(reader, ')')
  return inner
}

const readName = (reader: Reader, name: string, at: number): Expression => {
  if (isSign(peek(reader), '(') && name !== 'not')
    return { kind: 'call', name, values: readValues(reader), at }
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', at }
  if (name === 'not') return { kind: 'not', operand: readExpression(reader, notPower), at }
  if (name === 'and' || name === 'or') throw formulaFault(at, `${name} does not fit here.`)
  return { kind: 'field', name, at }
}

const readValues = (reader: Reader): Expression[] => {
  expectSign(reader, '(')
  const values: Expression[] = []
  if (isSign(peek(reader), ')')) {
    reader.next += 1
    return values
  }
  for (;;) {
    values.push(readExpression(reader, 0))
    const token = take(reader)
    if (isSign(token, ')')) return values
    if (!isSign(token, ',')) throw formulaFault(token.at, ', or ) is missing.')
  }
}

/** The expression that goes on after `left`, or undefined if what comes holds less tightly than `power`. */
const readFurther = (reader: Reader, left: Expression, power: number): Expression | undefined => {
  const token = peek(reader)
  if (token.kind !== 'sign' && token.kind !== 'name') return undefined
  const operator = otherNames.get(token.value) ?? token.value
  const { at } = token
  if (operator === '?') {
    if (conditionPower < power) return undefined
    reader.next += 1
    const yes = readExpression(reader, 0)
    expectSign(reader, ':')
    return { kind: 'call', name: 'if', values: [left, yes, readExpression(reader, conditionPower)], at }
  }
  if (!isBinary(operator)) return undefined
  const own = leftPowers[operator]
  if (own < power) return undefined
  reader.next += 1
  // Only powers group from the right: 2^3^2 is 2^9.
  const right = readExpression(reader, operator === '^' ? own : own + 1)
  const next = peek(reader)
  if (own === comparisonPower && isComparison(next)) {
    throw formulaFault(next.at, 'Join comparisons with and.')
  }
  return { kind: 'binary', operator, left, right, at }
}

const isComparison = ({ kind, value }: Token): boolean => {
  if (kind !== 'sign') return false
  const operator = otherNames.get(value) ?? value
  return isBinary(operator) && leftPowers[operator] === comparisonPower
}
