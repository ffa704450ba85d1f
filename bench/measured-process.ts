import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'

export type MeasuredProcess = { child: ChildProcess; pid: number; port: number }

/** Starts a script of the project and waits until it says that it is ready. What it prints goes into `logFile`. */
export const startProcess = async (
  script: string,
  args: string[],
  {
    env = {},
    logFile = '/dev/null',
    nodeArgs = [],
  }: { env?: NodeJS.ProcessEnv; logFile?: string; nodeArgs?: string[] } = {},
): Promise<MeasuredProcess> => {
  const log = fs.openSync(logFile, 'a')
  const child = fork(path.join(import.meta.dirname, '..', script), args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', log, 'inherit', 'ipc'],
    execArgv: nodeArgs,
  })
  fs.closeSync(log)
  const ready = once(child, 'message').then(([message]) => message as { address?: string })
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${script} ended with ${code}`)),
  )
  const { address } = await Promise.race([ready, ended])
  ended.catch(() => undefined)
  return { child, pid: child.pid ?? 0, port: address === undefined ? 0 : Number(new URL(address).port) }
}

export const stopProcess = async ({ child }: Pick<MeasuredProcess, 'child'>): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** The CPU time that a process and its children have used so far, in microseconds. Linux only (proc(5)); elsewhere 0. */
export const cpuMicrosecondsOf = (pid: number): number => {
  if (process.platform !== 'linux') return 0
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const ticks = processes.reduce((sum, name) => sum + ticksOf(name, pid), 0)
  return (ticks / ticksPerSecond) * 1_000_000
}

const ticksOf = (name: string, pid: number): number => {
  try {
    const stat = fs.readFileSync(`/proc/${name}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [parent = 0, own = 0, own2 = 0, ended = 0, ended2 = 0] = [1, 11, 12, 13, 14].map((at) =>
      Number(fields[at]),
    )
    if (Number(name) === pid) return own + own2 + ended + ended2
    return parent === pid ? own + own2 : 0
  } catch {
    return 0
  }
}
