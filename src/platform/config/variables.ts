import net from 'node:net'
import { z } from 'zod'
import { hasBlockedPort } from '../net/blocked-port.ts'
import { imageSecretVariables, imageVariables } from './image-variables.ts'
import { oauthSecretVariables, oauthVariables } from './oauth-variables.ts'
import { passkeyOrigins, passkeyRpId } from './passkey-variables.ts'
import { everyQueue, workerQueues } from './worker-queues.ts'

const longestSecret = 4_096

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number)

const oneOf = <const Names extends [string, ...string[]]>(...names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` })

const trueOrFalse = oneOf('true', 'false').transform((text) => text === 'true')

const urlOf = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  })

const isWebOrigin = (text: string) =>
  URL.canParse(text) &&
  /^https?:$/.test(new URL(text).protocol) &&
  new URL(text).origin === text.toLowerCase()

const listOf = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const mostReplicas = 16

const databaseUrls = z
  .string()
  .transform(listOf)
  .refine(
    (urls) =>
      urls.length <= mostReplicas &&
      urls.every((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)),
    { error: `must list at most ${mostReplicas} URLs that start with postgres://, separated by commas` },
  )

const isHost = (text: string) => net.isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,252})$/i.test(text)

const corsOrigins = z
  .string()
  .refine((text) => listOf(text).every(isWebOrigin), {
    error:
      'must list origins such as https://app.example.com, separated by commas, without path or final slash; ' +
      '* is not taken, because answers may carry credentials',
  })
  .transform(listOf)

const isAddressOrRange = (text: string) => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', bits, ...rest] = text.split('/')
  const version = net.isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

const trustProxy = z
  .string()
  .refine((text) => text !== 'true', {
    error:
      'must not be true: then any client could choose its own address with X-Forwarded-For; ' +
      'give the proxies, such as 10.0.0.0/8, or how many there are',
    abort: true,
  })
  .refine((text) => text === 'false' || /^\d$/.test(text) || listOf(text).every(isAddressOrRange), {
    error: 'must be false, the number of proxies (0 to 9), or addresses and ranges separated by commas',
  })
  .transform((text): false | number | string[] => {
    if (text === 'false' || text === '0') return false
    return /^\d$/.test(text) ? Number(text) : listOf(text)
  })

/** Names and values as OTLP exporters are given them: `name=value,...`, values percent-encoded (W3C Baggage, 3.2.1). */
const headerList = z
  .string()
  .max(longestSecret)
  .refine((text) => listOf(text).every((item) => /^[\w!#$%&'*+.^`|~-]+=/.test(item) && isDecodable(item)), {
    error: 'must list headers as name=value, separated by commas, with values percent-encoded',
    abort: true,
  })
  .transform((text) =>
    Object.fromEntries(
      listOf(text).map((item) => {
        const at = item.indexOf('=')
        return [item.slice(0, at).toLowerCase(), decodeURIComponent(item.slice(at + 1).trim())]
      }),
    ),
  )

const isDecodable = (text: string) => {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

const share = z
  .string()
  .refine((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1, {
    error: 'must be a number from 0 to 1',
  })
  .transform(Number)

/** https://develop.sentry.dev/sdk/foundations/transport/authentication/#parsing-the-dsn */
const isSentryDsn = (text: string) => {
  if (!URL.canParse(text)) return false
  const { protocol, username, pathname } = new URL(text)
  return /^https?:$/.test(protocol) && username !== '' && /\/\w+$/.test(pathname)
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
const gibibyte = 1024 ** 3

/** Every variable that Backlot reads, as text from the environment, with its default. `.env.example` explains them. */
export const variables = z.object({
  NODE_ENV: oneOf('development', 'test', 'staging', 'production').default('production'),
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: z.string().refine(isHost, { error: 'must be an address or a host name' }).default('127.0.0.1'),
  WEB_CONCURRENCY: wholeNumber(1, 64).default(1),
  HEALTH_PORT: wholeNumber(0, 65_535).optional(),
  PUBLIC_URL: z
    .string()
    .refine((text) => isWebOrigin(text.replace(/\/$/, '')), {
      error: 'must be http:// or https:// and a host, with a port if need be, without a path',
    })
    .transform((text) => new URL(text).origin)
    .optional(),
  BACKLOT_DATA_DIR: z.string().max(4_096).default('.backlot'),
  BACKUP_DIR: z.string().max(4_096).optional(),
  BACKUP_EVERY_HOURS: wholeNumber(0, 8_784).default(0),
  BACKUP_KEEP: wholeNumber(1, 100_000).default(7),
  SECRET_KEY: z
    .string()
    .min(32, { error: 'must have at least 32 characters' })
    .max(longestSecret, { error: `must have at most ${longestSecret} characters` })
    .optional(),
  DATABASE_URL: urlOf('postgres:', 'postgresql:').optional(),
  DB_HOST: z.string().max(255).optional(),
  DB_PORT: wholeNumber(1, 65_535).default(5432),
  DB_USER: z.string().max(63).optional(),
  DB_PASSWORD: z.string().max(longestSecret).optional(),
  DB_NAME: z.string().max(63).optional(),
  DB_SSL: trueOrFalse.default(false),
  DB_POOL_MAX: wholeNumber(2, 500).default(20),
  DATABASE_REPLICA_URLS: databaseUrls.default([]),
  DATABASE_REPLICA_MAX_LAG_SECONDS: wholeNumber(1, 300).default(10),
  REDIS_URL: urlOf('redis:', 'rediss:').optional(),
  S3_ENDPOINT: urlOf('http:', 'https:').optional(),
  S3_PUBLIC_ENDPOINT: urlOf('http:', 'https:').optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
      error: 'must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
    })
    .optional(),
  S3_REGION: z.string().max(100).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().max(longestSecret).optional(),
  S3_SECRET_ACCESS_KEY: z.string().max(longestSecret).optional(),
  S3_FORCE_PATH_STYLE: trueOrFalse.default(true),
  CORS_ORIGINS: corsOrigins.default([]),
  PASSKEY_RP_ID: passkeyRpId.optional(),
  PASSKEY_ORIGINS: passkeyOrigins.default([]),
  TRUST_PROXY: trustProxy.default(false),
  LOG_LEVEL: oneOf(...logLevels).default('info'),
  LOG_FILE: z.string().max(4_096).optional(),
  LOG_FILE_MAX_MB: wholeNumber(1, 100_000).default(50),
  LOG_FILE_KEEP: wholeNumber(1, 1_000).default(10),
  SENTRY_DSN: z
    .string()
    .max(longestSecret)
    .refine(isSentryDsn, { error: 'must be a DSN such as https://KEY@sentry.example.com/1', abort: true })
    .refine((text) => !hasBlockedPort(new URL(text)), { error: 'names a port that is blocked for HTTP' })
    .optional(),
  SENTRY_ENVIRONMENT: z
    .string()
    .regex(/^[^\s/]{1,64}$/, { error: 'must be a name of at most 64 characters without blanks and slashes' })
    .optional(),
  METRICS_TOKEN: z
    .string()
    .min(16, { error: 'must have at least 16 characters' })
    .max(longestSecret)
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlOf('http:', 'https:').optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: urlOf('http:', 'https:').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headerList.default({}),
  OTEL_SERVICE_NAME: z.string().max(255).optional(),
  OTEL_TRACES_SAMPLER: oneOf(
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: share.default(1),
  SMTP_URL: urlOf('smtp:', 'smtps:').optional(),
  MAIL_FROM: z.string().max(320).regex(/@/, { error: 'must be an e-mail address' }).optional(),
  ...oauthVariables,
  ...imageVariables,
  RATE_LIMIT_ADDRESS_PER_MINUTE: wholeNumber(1, 10_000_000).default(1_200),
  RATE_LIMIT_IDENTITY_PER_MINUTE: wholeNumber(1, 10_000_000).default(1_200),
  FILES_QUOTA_BYTES: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(5 * gibibyte),
  DATA_QUOTA_ROWS: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(50_000_000),
  DATA_QUOTA_BYTES: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(20 * gibibyte),
  DATASET_RETENTION_DAYS: wholeNumber(1, 3_650).default(30),
  EXPORT_RETENTION_DAYS: wholeNumber(1, 3_650).default(7),
  WORKER_QUEUES: workerQueues.default(everyQueue),
  AUDIT_RETENTION_DAYS: wholeNumber(30, 36_500).optional(),
  JOB_RETENTION_DAYS: wholeNumber(1, 3_650).default(30),
  RTMP_PORT: wholeNumber(0, 65_535).default(1935),
  RTMPS_PORT: wholeNumber(0, 65_535).optional(),
  RTMPS_CERT_FILE: z.string().max(4_096).optional(),
  RTMPS_KEY_FILE: z.string().max(4_096).optional(),
  RTMP_PUBLIC_HOST: z.string().refine(isHost, { error: 'must be an address or a host name' }).optional(),
  LIVE_ALLOW_PRIVATE_DESTINATIONS: trueOrFalse.default(false),
  LIVE_PROJECTS_PER_USER: wholeNumber(0, 100_000).default(50),
  LIVE_DESTINATIONS_PER_PROJECT: wholeNumber(0, 1_000).default(20),
  LIVE_STREAMS_PER_USER: wholeNumber(0, 10_000).default(5),
  LIVE_MAX_BITRATE_KBPS: wholeNumber(100, 1_000_000).default(50_000),
  LIVE_HISTORY_DAYS: wholeNumber(1, 3_650).default(90),
  WEBHOOKS_ALLOW_PRIVATE_ADDRESSES: trueOrFalse.default(false),
  SYNCS_ALLOW_PRIVATE_ADDRESSES: trueOrFalse.default(false),
  SHUTDOWN_TIMEOUT_SECONDS: wholeNumber(1, 600).default(25),
  SHUTDOWN_DELAY_SECONDS: wholeNumber(0, 60).default(0),
})

export type Variables = z.infer<typeof variables>

/** Never shown, not even when they are wrong, and also read from the file that `NAME_FILE` names. */
export const secretVariables = [
  'SECRET_KEY',
  'DATABASE_URL',
  'DATABASE_REPLICA_URLS',
  'DB_PASSWORD',
  'REDIS_URL',
  'S3_SECRET_ACCESS_KEY',
  'SMTP_URL',
  ...imageSecretVariables,
  ...oauthSecretVariables,
  'METRICS_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'SENTRY_DSN',
] as const
