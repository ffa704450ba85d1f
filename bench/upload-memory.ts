/**
 * Uploads 500 MB through the HTTP server to a signed URL, downloads it again, and hashes it as processing does. The server is
 * a process of its own, whose resident memory is sampled all the time. Fails when it grows by more than the limit.
 *
 *   node bench/upload-memory.ts
 */
import { fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pino } from 'pino'
import { hashObject } from '../src/modules/files/read-object.ts'
import { createHttpServer } from '../src/platform/http/http-server.ts'
import { registerPipeline } from '../src/platform/http/pipeline.ts'
import { openDiskStorage } from '../src/platform/storage/disk-storage.ts'
import { newUploadKey } from '../src/platform/storage/object-key.ts'
import { storageRoutes } from '../src/platform/storage/storage.routes.ts'

const mebibyte = 1_024 ** 2
const sizeBytes = 500 * mebibyte
const warmUpBytes = 8 * mebibyte
const limitBytes = 50 * mebibyte
const sampleMs = 20

type ToServer = { ask: 'grant'; sizeBytes: number } | { ask: 'hash'; key: string } | { ask: 'memory' }
type Grant = { key: string; uploadUrl: string; downloadUrl: string }
type FromServer =
  | { grant: Grant }
  | { sha256: string }
  | { baseBytes: number; peakBytes: number }
  | { ready: true }

const serve = async (directory: string) => {
  const signingKey = randomBytes(32)
  const storage = await openDiskStorage({ directory, signingKey })
  const app = createHttpServer({ log: pino({ level: 'silent' }), trustProxy: false, development: false })
  await registerPipeline(app, { corsOrigins: [], requestsPerAddressPerMinute: 1_000 })
  await app.register(storageRoutes({ storage, signingKey }), { prefix: '/v1' })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  let base = process.memoryUsage.rss()
  let peak = base
  setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, sampleMs)

  const grant = async (maxBytes: number): Promise<Grant> => {
    const terms = { key: newUploadKey(), contentType: 'video/mp4', expiresAt: new Date(Date.now() + 600_000) }
    const { url } = await storage.signUpload({ ...terms, maxBytes })
    const downloadUrl = await storage.signDownload({ ...terms, fileName: 'film.mp4' })
    return { key: terms.key, uploadUrl: origin + url, downloadUrl: origin + downloadUrl }
  }
  /** What the process has held at most since the last time, and what it holds now. */
  const memory = () => {
    const report = { baseBytes: base, peakBytes: peak }
    base = peak = process.memoryUsage.rss()
    return report
  }
  const answer = async (message: ToServer): Promise<FromServer> => {
    if (message.ask === 'grant') return { grant: await grant(message.sizeBytes) }
    return message.ask === 'hash' ? { sha256: (await hashObject(storage, message.key)) ?? '' } : memory()
  }
  process.on('message', async (message: ToServer) => process.send?.(await answer(message)))
  process.send?.({ ready: true })
}

/** The same mebibyte again and again, so that sending costs the client little. */
function* content(bytes: number) {
  const block = Buffer.alloc(mebibyte, 'backlot upload memory bench ')
  for (let sent = 0; sent < bytes; sent += block.length) yield block
}

const upload = async (url: string, bytes: number) => {
  const headers = { 'content-type': 'video/mp4', 'content-length': bytes }
  const request = http.request(url, { method: 'PUT', headers })
  const answered = once(request, 'response')
  await pipeline(content(bytes), request)
  const [answer] = await answered
  answer.resume()
  if (answer.statusCode !== 200) throw new Error(`Upload answered ${answer.statusCode}`)
}

const download = async (url: string): Promise<string> => {
  const [answer] = await once(http.get(url), 'response')
  const digest = createHash('sha256')
  for await (const chunk of answer) digest.update(chunk)
  return digest.digest('hex')
}

const measure = async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'backlot-bench-'))
  const server = fork(import.meta.filename, ['serve', path.join(directory, 'files')])
  const ask = async (message: ToServer): Promise<FromServer> => {
    server.send(message)
    const [reply] = await once(server, 'message')
    return reply
  }
  const timed = async (what: string, work: () => Promise<unknown>) => {
    await ask({ ask: 'memory' })
    const startedAt = performance.now()
    await work()
    const seconds = (performance.now() - startedAt) / 1_000
    const report = await ask({ ask: 'memory' })
    if (!('peakBytes' in report)) throw new Error('Not a report')
    const grown = report.peakBytes - report.baseBytes
    const mb = (bytes: number) => (bytes / mebibyte).toFixed(1)
    const ratio = (grown / limitBytes).toFixed(2)
    console.log(
      `${what}: ${mb(sizeBytes / seconds)} MB/s, RSS ${mb(report.baseBytes)} -> ${mb(report.peakBytes)} MB, ` +
        `grown ${mb(grown)} MB of ${mb(limitBytes)} (${ratio})`,
    )
    if (grown > limitBytes) process.exitCode = 1
  }
  try {
    await once(server, 'message')
    const granted = async (bytes: number) => {
      const reply = await ask({ ask: 'grant', sizeBytes: bytes })
      if (!('grant' in reply)) throw new Error('Not a grant')
      return reply.grant
    }
    const warmUp = await granted(warmUpBytes)
    await upload(warmUp.uploadUrl, warmUpBytes)
    await download(warmUp.downloadUrl)
    const { key, uploadUrl, downloadUrl } = await granted(sizeBytes)
    await timed('upload 500 MB', () => upload(uploadUrl, sizeBytes))
    let downloaded = ''
    await timed('download 500 MB', async () => {
      downloaded = await download(downloadUrl)
    })
    await timed('hash 500 MB', async () => {
      const reply = await ask({ ask: 'hash', key })
      if (!('sha256' in reply) || reply.sha256 !== downloaded) throw new Error('Other bytes came back')
    })
  } finally {
    server.kill()
    fs.rmSync(directory, { recursive: true })
  }
}

await (process.argv[2] === 'serve' ? serve(process.argv[3] ?? '') : measure())
