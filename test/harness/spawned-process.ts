import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type SpawnedProcess = {
  child: ChildProcess
  output: () => string
  /** Waits until the output, from where the last wait ended, has a match. */
  until: (pattern: RegExp) => Promise<RegExpExecArray>
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** For Node, in front of a script that imports much of Backlot: as `src/main.ts` does for itself. */
export const quickImports = [
  '--import',
  fileURLToPath(new URL('../../src/app/quick-imports.ts', import.meta.url)),
]

const outputTimeoutMs = 40_000

const running = new Set<ChildProcess>()
/** A test that fails half-way leaves nothing running. */
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Runs Node on a script and follows what it prints. */
export const spawnNode = (args: string[], env: NodeJS.ProcessEnv): SpawnedProcess => {
  const child = spawn(process.execPath, args, {
    env: { ...inheritedEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  let output = ''
  let seen = 0
  const gather = (chunk: Buffer) => {
    output += chunk.toString('utf8')
    child.emit('output')
  }
  child.stdout.on('data', gather)
  child.stderr.on('data', gather)
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        child.off('output', look).off('close', ended)
        settle()
      }
      const look = () => {
        const match = pattern.exec(output.slice(seen))
        if (match === null) return
        seen += match.index + match[0].length
        finish(() => resolve(match))
      }
      const ended = () => finish(() => reject(new Error(`Ended without ${pattern}:\n${output}`)))
      const timer = setTimeout(
        () => finish(() => reject(new Error(`No ${pattern} in time:\n${output}`))),
        outputTimeoutMs,
      )
      child.on('output', look).on('close', ended)
      look()
    })
  return { child, output: () => output, until, exit }
}

/** Of our own environment only what programs need, not what configures Backlot or vitest. */
const inheritedEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: process.env.HOME })
