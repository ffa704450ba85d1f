import path from 'node:path'
import { startProgram } from './program.ts'
import { provideProgram } from './provide-program.ts'
import type { S3Server } from './s3-account.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

/** The interpreter that Debian's packages are for. */
const python = '/usr/bin/python3'
const script = path.join(import.meta.dirname, 'swift-s3.py')
const s3api = '/usr/lib/python3/dist-packages/swift/common/middleware/s3api/s3api.py'
const startTimeoutMs = 30_000

/** Whether `startSwift` can run here, with OpenStack Swift installed if need be. */
export const provideSwift = (): Promise<boolean> =>
  provideProgram([python, s3api], ['python3', 'python3-swift'])

/** OpenStack Swift with its S3 API: it checks signatures, and is as strict as Amazon in most. */
export const startSwift = async (): Promise<S3Server> => {
  const accessKeyId = 'test:backlot'
  const secretAccessKey = 'the-secret-of-tests'
  const directory = makeTemporaryDirectory()
  const program = startProgram(python, [script, directory, accessKeyId, secretAccessKey])
  const stop = async () => {
    await program.stop()
    removeTemporaryDirectory(directory)
  }
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    const [, port] = /^listening (\d+)$/m.exec(program.output()) ?? []
    if (port !== undefined)
      return { endpoint: `http://127.0.0.1:${port}`, accessKeyId, secretAccessKey, stop }
    if (program.hasEnded() || Date.now() > deadline) {
      await stop()
      throw new Error(`Swift does not start:\n${program.output()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
