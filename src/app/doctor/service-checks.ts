import { existsSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { Redis } from 'ioredis'
import nodemailer from 'nodemailer'
import { pino } from 'pino'
import { findFfmpeg } from '../../modules/live/ffmpeg.ts'
import type { Config } from '../../platform/config/config.ts'
import { newUploadKey } from '../../platform/storage/object-key.ts'
import { openStorage } from '../../platform/storage/open-storage.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const connectTimeoutMs = 5_000

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)

export const checkRedis = async ({ redisUrl }: Config): Promise<Finding[]> => {
  if (redisUrl === undefined) return [ok('redis', 'not used')]
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: connectTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let reason: unknown
  client.on('error', (error) => {
    reason = error
  })
  try {
    await client.connect()
    await client.ping()
    return [ok('redis', 'answers')]
  } catch (error) {
    return [fail('redis', `does not answer (${reasonOf(reason ?? error)})`, 'Start it, or check REDIS_URL.')]
  } finally {
    client.disconnect()
  }
}

/** Writes an object, reads it and deletes it. */
export const checkStorage = async ({ dataDir, s3 }: Config): Promise<Finding[]> => {
  if (s3 === undefined && !existsSync(dataDir)) return [ok('storage', 'on the disk; nothing is there yet')]
  const log = pino({ level: 'silent' })
  const key = newUploadKey()
  const content = Buffer.from('backlot doctor')
  try {
    const storage = await openStorage({ s3, dataDir, signingKey: Buffer.alloc(32), log })
    await storage.put(key, [content], { maxBytes: content.length })
    const read = await storage.read(key)
    const bytes: Buffer = read === undefined ? Buffer.alloc(0) : await buffer(read)
    await storage.delete([key])
    if (!bytes.equals(content)) throw new Error('what was written cannot be read')
    return [
      ok('storage', s3 === undefined ? 'on the disk, written and read' : `${s3.endpoint}, written and read`),
    ]
  } catch (error) {
    const fix =
      s3 === undefined ? 'Look at the rights and the space of files/ in the data directory.' : 'Check S3_*.'
    return [fail('storage', reasonOf(error), fix)]
  }
}

export const checkMail = async ({ environment, mail }: Config): Promise<Finding[]> => {
  if (mail.smtpUrl === undefined) {
    return environment === 'production'
      ? [warn('mail', 'SMTP_URL is not set: mail goes into files', 'Set SMTP_URL and MAIL_FROM.')]
      : [ok('mail', 'goes into files')]
  }
  const transport = nodemailer.createTransport({
    url: mail.smtpUrl,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: connectTimeoutMs,
  })
  try {
    await transport.verify()
    return [ok('mail', 'the server takes our sign-in')]
  } catch (error) {
    return [fail('mail', `the server cannot be used (${reasonOf(error)})`, 'Check SMTP_URL.')]
  } finally {
    transport.close()
  }
}

export const checkFfmpeg = async (): Promise<Finding[]> => {
  const ffmpeg = await findFfmpeg()
  return ffmpeg === undefined
    ? [warn('ffmpeg', 'not found: no recordings and previews', 'Install ffmpeg, or go without.')]
    : [ok('ffmpeg', ffmpeg.version)]
}

const isLoopback = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host)

/** What works, and is seldom meant in production. */
export const checkHints = ({ environment, http, live, webhooks, syncs }: Config): Finding[] => {
  if (environment !== 'production') return [ok('settings', `NODE_ENV=${environment}`)]
  const found: Finding[] = []
  if (http.publicUrl === undefined)
    found.push(warn('settings', `links in mail lead to ${http.origin}`, 'Set PUBLIC_URL.'))
  else if (http.publicUrl.startsWith('http:'))
    found.push(warn('settings', 'PUBLIC_URL is not https, so browsers send no cookies', 'Put TLS before it.'))
  if (isLoopback(http.host) && http.publicUrl !== undefined && http.trustProxy === false) {
    const fix = 'Set TRUST_PROXY=loopback if the proxy is on this machine.'
    found.push(warn('settings', 'behind a proxy all clients count as one address', fix))
  }
  const allowed = {
    LIVE_ALLOW_PRIVATE_DESTINATIONS: live.allowPrivateDestinations,
    WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: webhooks.allowPrivateAddresses,
    SYNCS_ALLOW_PRIVATE_ADDRESSES: syncs.allowPrivateAddresses,
  }
  for (const [variable, isSet] of Object.entries(allowed))
    if (isSet)
      found.push(
        warn(
          'settings',
          `${variable} lets users send into your network`,
          'Unset it where strangers sign up.',
        ),
      )
  return found.length > 0 ? found : [ok('settings', 'nothing to say')]
}
