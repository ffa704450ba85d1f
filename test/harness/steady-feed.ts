import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const script = path.join(import.meta.dirname, '../../bench/live/feed-process.ts')

/** Publishes a film over and over from a process of its own, with the time of sending in its audio, until `opened` is closed. */
export const startSteadyFeed = async (
  opened: AsyncDisposableStack,
  { url, file }: { url: string; file: string },
): Promise<void> => {
  const child = fork(script, [url, file], { execArgv: [] })
  opened.defer(async () => {
    const exit = once(child, 'exit')
    if (child.exitCode === null && child.kill('SIGTERM')) await exit
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The feed was not taken')))
  await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
}
