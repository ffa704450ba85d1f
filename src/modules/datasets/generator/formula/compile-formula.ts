import { type Call, formulaFunctions } from './functions.ts'
import { compileOperator } from './operators.ts'
import { type Expression, parseFormula } from './parse-formula.ts'
import { formulaFault } from './tokenize.ts'
import { asBoolean, asNumber, numberValue, type Operand, type TypedValue, textValue } from './typed-value.ts'

/**
 * An expression over the fields of a row, checked and turned into a function of the row once.
 * @param fieldNamed may throw SchemaFault
 * @throws SchemaFault on `options.expression`, with the position counted from 1
 */
export const compileFormula = (text: string, fieldNamed: (name: string) => TypedValue): TypedValue => {
  const fields = new Map<string, TypedValue>()
  const field = (name: string): TypedValue => {
    const value = fields.get(name) ?? fieldNamed(name)
    fields.set(name, value)
    return value
  }
  return compile(parseFormula(text), field)
}

type FieldNamed = (name: string) => TypedValue

const compile = (expression: Expression, field: FieldNamed): TypedValue => {
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value, expression.at)
    case 'field':
      return field(expression.name)
    case 'negative': {
      const value = asNumber(operand(expression.operand, field))
      return numberValue((row) => -value(row))
    }
    case 'not': {
      const value = asBoolean(operand(expression.operand, field))
      const evaluate = (row: number) => {
        const known = value(row)
        return known === null ? null : !known
      }
      return { type: 'boolean', evaluate }
    }
    case 'binary': {
      const { operator, left, right } = expression
      return compileOperator(operator, operand(left, field), operand(right, field))
    }
    case 'call':
      return call(
        expression.name,
        expression.at,
        expression.values.map((value) => operand(value, field)),
      )
  }
}

const operand = (expression: Expression, field: FieldNamed): Operand => ({
  value: compile(expression, field),
  at: expression.at,
})

const literal = (value: number | string | boolean, at: number): TypedValue => {
  if (typeof value === 'number') return numberValue(() => value)
  if (typeof value === 'boolean') return { type: 'boolean', evaluate: () => value }
  return textValue(() => value, Buffer.byteLength(value), at)
}

const call = (name: string, at: number, operands: Operand[]): TypedValue => {
  const known = formulaFunctions.get(name)
  if (known === undefined) {
    throw formulaFault(
      at,
      `There is no function ${name.slice(0, 50)}: take ${[...formulaFunctions.keys()].join(', ')}.`,
    )
  }
  const { least, most } = known
  if (operands.length < least || operands.length > most) {
    const wanted = least === most ? least : `${least} to ${most}`
    throw formulaFault(at, `${name} takes ${wanted} values, not ${operands.length}.`)
  }
  const get: Call['get'] = (place) => {
    const found = operands[place]
    if (found === undefined) throw new Error(`${name} has no value ${place}`)
    return found
  }
  return known.compile({ at, operands, get })
}
