import path from 'node:path'
import { spawnNode } from './spawned-process.ts'

export const mainScript = path.join(import.meta.dirname, '../../src/main.ts')

/** Runs a command of Backlot to its end. */
export const runBacklot = async (args: string[], env: NodeJS.ProcessEnv) => {
  const command = spawnNode([mainScript, ...args], env)
  const { code } = await command.exit
  return { code, output: command.output() }
}
