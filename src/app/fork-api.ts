import type { ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'

/** Starts a process of the cluster that `cluster.setupPrimary` describes. */
export const forkApi = (env: NodeJS.ProcessEnv): ChildProcess => {
  const worker = cluster.fork(env)
  // The process tells it too, and there it is heard.
  worker.on('error', () => undefined)
  closeWhatWasOnItsWay(worker.process)
  return worker.process
}

/**
 * Node keeps a connection open until the process that it was handed to says that it has it. When that dies first, nobody ever
 * does, and the client would wait in vain. They are handed over one by one, and closing what is closed already does nothing.
 */
const closeWhatWasOnItsWay = (child: ChildProcess) => {
  let last: Connection | undefined
  const { send } = child
  child.send = (...args: unknown[]) => {
    if (isConnection(args[1])) last = args[1]
    return Reflect.apply(send, child, args)
  }
  child.once('exit', () => last?.close())
}

type Connection = { close: () => void }

const isConnection = (given: unknown): given is Connection =>
  typeof given === 'object' && given !== null && 'close' in given && typeof given.close === 'function'
