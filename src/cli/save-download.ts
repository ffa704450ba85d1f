import fs from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BacklotError } from '../../client/src/backlot.ts'

const answerWithinMs = 30_000

/**
 * Writes what a signed link gives to a file, or to standard output for `-`. The file is there when it is whole, and not before.
 * @param link may be relative to `base`, the server's address
 */
export const saveDownload = async (base: string, link: string, output: string): Promise<void> => {
  const url = new URL(link, base)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), answerWithinMs)
  const response = await fetch(url, { signal: late.signal })
    .catch((cause: unknown) => {
      throw new BacklotError('CONNECTION_FAILED', `${url.host} cannot be reached.`, { cause })
    })
    .finally(() => clearTimeout(timer))
  if (!response.ok || response.body === null) {
    throw new BacklotError(`HTTP_${response.status}`, 'The file cannot be downloaded.', {
      status: response.status,
    })
  }
  const content = Readable.fromWeb(response.body)
  if (output === '-') return pipeline(content, process.stdout, { end: false })
  const part = path.join(path.dirname(output), `.${path.basename(output)}.${process.pid}.part`)
  try {
    await pipeline(content, fs.createWriteStream(part, { flags: 'wx' }))
    await rename(part, output)
  } finally {
    await rm(part, { force: true })
  }
}
