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

/** What a process has said before it died has been read by then. */
const readWithinMs = 500

/**
 * Node keeps a connection open until the process that it was handed to says whether it takes it. When that dies first, nobody
 * ever does, and the client would wait in vain. They are handed over one by one, each after the word about the one before.
 */
const closeWhatWasOnItsWay = (child: ChildProcess) => {
  let onItsWay: Connection | undefined
  const { send } = child
  child.send = (...args: unknown[]) => {
    if (isConnection(args[1])) onItsWay = args[1]
    return Reflect.apply(send, child, args)
  }
  child.on('internalMessage', (message: object) => {
    if ('ack' in message) onItsWay = undefined
  })
  child.once('exit', () => setTimeout(() => onItsWay?.close(), readWithinMs).unref())
}

type Connection = { close: () => void }

const isConnection = (given: unknown): given is Connection =>
  typeof given === 'object' && given !== null && 'close' in given && typeof given.close === 'function'
