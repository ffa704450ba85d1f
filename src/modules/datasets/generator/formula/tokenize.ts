import { SchemaFault } from '../field-type.ts'

export type Token =
  | { kind: 'number'; value: number; at: number }
  | { kind: 'text'; value: string; at: number }
  | { kind: 'name'; value: string; at: number }
  | { kind: 'sign'; value: string; at: number }
  | { kind: 'end'; value: ''; at: number }

/** @param at the place in the expression, counted from 0 */
export const formulaFault = (at: number, message: string) =>
  new SchemaFault('options.expression', 'invalid_formula', `Position ${at + 1}: ${message}`)

const tokenPattern =
  /(?<space>\s+)|(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<text>'(?:[^']|'')*')|(?<sign><=|>=|<>|!=|==|[-+*/%^&<>=?:(),])/y

/** @throws SchemaFault */
export const tokenize = (expression: string): Token[] => {
  const tokens: Token[] = []
  let at = 0
  while (at < expression.length) {
    tokenPattern.lastIndex = at
    const match = tokenPattern.exec(expression)
    if (match === null) throw formulaFault(at, unreadable(expression, at))
    const { number, name, text, sign } = match.groups ?? {}
    if (number !== undefined) tokens.push({ kind: 'number', value: finite(number, at), at })
    else if (name !== undefined) tokens.push({ kind: 'name', value: name, at })
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign, at })
    else if (text !== undefined) {
      tokens.push({ kind: 'text', value: text.slice(1, -1).replaceAll("''", "'"), at })
    }
    at += match[0].length
  }
  tokens.push({ kind: 'end', value: '', at })
  return tokens
}

const finite = (digits: string, at: number): number => {
  const value = Number(digits)
  if (!Number.isFinite(value)) throw formulaFault(at, 'The number is too large.')
  return value
}

const unreadable = (expression: string, at: number): string =>
  expression[at] === "'"
    ? "A text starts here and does not end: ' closes it, '' stands for one."
    : `There is no meaning of ${String.fromCodePoint(expression.codePointAt(at) ?? 0)} here.`
