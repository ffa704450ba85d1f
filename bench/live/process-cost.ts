import fs from 'node:fs'

/** A program and what it started, by process ids. Linux only (proc(5)). */
export type ProcessTree = () => number[]

/** CPU time that the processes have used so far, in milliseconds: the kernel's nanoseconds of each of their threads. */
export const cpuMillisecondsOf = (pids: number[]): number =>
  pids.reduce((sum, pid) => sum + threadsOf(pid).reduce((all, file) => all + ranMilliseconds(file), 0), 0)

const threadsOf = (pid: number): string[] => {
  const directory = `/proc/${pid}/task`
  return fs.existsSync(directory) ? fs.readdirSync(directory).map((id) => `${directory}/${id}/schedstat`) : []
}

const ranMilliseconds = (file: string): number => {
  try {
    return Number(fs.readFileSync(file, 'latin1').split(' ')[0]) / 1e6
  } catch {
    // The thread has ended since.
    return 0
  }
}

/** The most memory that each has had resident since `forgetPeaks`, together, in megabytes. What they share counts each time. */
export const peakMegabytesOf = (pids: number[]): number =>
  pids.reduce((sum, pid) => {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1')
    return sum + (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1_024) / 1e6
  }, 0)

export const forgetPeaks = (pids: number[]): void => {
  for (const pid of pids) fs.writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The processes with all that they started and that still runs. */
export const withDescendants = (pids: number[]): number[] => {
  const parents = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }))
  const found = new Set(pids)
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const { pid, parent } of parents) if (found.has(parent)) found.add(pid)
  }
  return [...found]
}

const parentOf = (pid: string): number => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}
