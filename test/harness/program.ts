import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

export type ProgramEnd = { code: number | null; signal: NodeJS.Signals | null }

export type Program = {
  pid: number
  /** The last that it printed, on both streams. */
  output: () => string
  /** Never rejects. */
  exit: Promise<ProgramEnd>
  hasEnded: () => boolean
  /** Asks it to end (SIGTERM), and kills it when it does not in time. */
  stop: () => Promise<ProgramEnd>
  /** SIGKILL: it can put nothing in order. */
  kill: () => Promise<ProgramEnd>
}

const mostOutputCharacters = 64 * 1_024
const stopTimeoutMs = 5_000

/** On Linux the kernel kills the program when this process goes, however that happens: prctl(2), PR_SET_PDEATHSIG. */
const setpriv = '/usr/bin/setpriv'
const bound = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL'] : []

const running = new Set<() => void>()
/** A test that fails half-way leaves nothing running. */
process.once('exit', () => {
  for (const killNow of running) killNow()
})

/** Starts a program that is not Node's, such as ffmpeg or nginx, with nothing of our own configuration in its environment. */
export const startProgram = (command: string, args: string[]): Program => {
  const env = { PATH: `${process.env.PATH}:/usr/sbin`, HOME: process.env.HOME }
  const [first = command, ...rest] = [...bound, command, ...args]
  const child = spawn(first, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const killNow = () => void child.kill('SIGKILL')
  running.add(killNow)
  let output = ''
  const gather = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-mostOutputCharacters)
  }
  child.stdout.on('data', gather)
  child.stderr.on('data', gather)
  const { promise: exit, resolve } = Promise.withResolvers<ProgramEnd>()
  let ended = false
  const end = (how: ProgramEnd) => {
    ended = true
    running.delete(killNow)
    resolve(how)
  }
  child.once('error', (error) => {
    output += `${error.message}\n`
    if (child.pid === undefined) end({ code: 127, signal: null })
  })
  child.once('close', (code, signal) => end({ code, signal }))
  const kill = async () => {
    killNow()
    return await exit
  }
  const stop = async () => {
    const timer = setTimeout(killNow, stopTimeoutMs)
    child.kill('SIGTERM')
    const how = await exit
    clearTimeout(timer)
    return how
  }
  return { pid: child.pid ?? 0, output: () => output, exit, hasEnded: () => ended, stop, kill }
}

/** Runs a program to its end. @throws with what it printed when it fails or takes longer than a minute */
export const runProgram = async (command: string, args: string[]): Promise<void> => {
  const program = startProgram(command, args)
  const timer = setTimeout(() => void program.kill(), runTimeoutMs)
  const { code, signal } = await program.exit
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${command} ended with ${code ?? signal}:\n${program.output()}`)
}

const runTimeoutMs = 60_000
