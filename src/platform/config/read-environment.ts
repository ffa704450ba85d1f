import fs from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { secretVariables, variables } from './variables.ts'

const longestSecretFileBytes = 64 * 1024

export type Environment = Record<string, string | undefined>
export type ReadEnvironment = { values: Record<string, string>; faults: string[]; warnings: string[] }

/**
 * The environment over what `.env` in `directory` says, with the secrets whose `NAME_FILE` is given read from there.
 * An empty value counts as unset, also when it hides one of `.env`.
 */
export const readEnvironment = (env: Environment, directory: string): ReadEnvironment => {
  const faults: string[] = []
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...readDotEnv(directory, faults), ...env })) {
    if (value !== undefined && value.trim() !== '') values[name] = value.trim()
  }
  const warnings = unknownNames(values)
  for (const name of secretVariables) readSecretFile(name, values, faults, directory)
  return { values, faults, warnings }
}

const readDotEnv = (directory: string, faults: string[]): Environment => {
  const file = path.join(directory, '.env')
  if (!fs.existsSync(file)) return {}
  try {
    return parseEnv(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    faults.push(`.env: cannot be read (${error instanceof Error ? error.message : String(error)})`)
    return {}
  }
}

const readSecretFile = (
  name: string,
  values: Record<string, string>,
  faults: string[],
  directory: string,
) => {
  const given = values[`${name}_FILE`]
  if (given === undefined) return
  if (values[name] !== undefined) {
    faults.push(`${name}: set either ${name} or ${name}_FILE, not both`)
    return
  }
  const file = path.resolve(directory, given)
  try {
    if (fs.statSync(file).size > longestSecretFileBytes) throw new Error('it is larger than 64 KiB')
    const secret = fs.readFileSync(file, 'utf8').trim()
    if (secret === '') throw new Error('it is empty')
    values[name] = secret
  } catch (error) {
    faults.push(`${name}_FILE: cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}

const unknownNames = (values: Record<string, string>): string[] =>
  Object.keys(values)
    .filter((name) => name.startsWith('BACKLOT_') && !(name in variables.shape))
    .map((name) => `${name} is not a variable of Backlot and changes nothing`)
