import { execFileSync } from 'node:child_process'

/** The processes that run models for this one or for `parent`, by their ids. */
export const modelProcesses = (parent = process.pid): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*model-process\.ts/.exec(line))
    .filter((found) => found !== null && Number(found[2]) === parent)
    .map((found) => Number(found?.[1]))

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
