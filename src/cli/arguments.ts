import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What is wrong with the words of a command line. */
export class UsageFault extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * The options of a command, and as many words as it has names for.
 * @throws {UsageFault} for other options, and more or fewer words
 */
export const readArguments = <const Given extends Options>(
  args: string[],
  options: Given,
  names: string[] = [],
) => {
  const { values, positionals } = parse(args, options)
  if (positionals.length !== names.length) {
    throw new UsageFault(names.length === 0 ? 'no words are taken here' : `give ${names.join(' and ')}`)
  }
  return { values, words: positionals }
}

const parse = <const Given extends Options>(args: string[], options: Given) => {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new UsageFault(error instanceof Error ? error.message : String(error))
  }
}

/** @throws {UsageFault} for what is none of them */
export const oneOf = <const Choice extends string>(
  choices: readonly Choice[],
  given: string,
  option: string,
): Choice => {
  const found = choices.find((choice) => choice === given)
  if (found === undefined) throw new UsageFault(`${option} is one of: ${choices.join(', ')}`)
  return found
}

/** @throws {UsageFault} for what is no number between these */
export const numberIn = (text: string, option: string, [least, most]: [number, number]): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!(number >= least && number <= most)) {
    throw new UsageFault(`${option} is a number from ${least} to ${most}`)
  }
  return number
}
