import { imagesOf } from './image-variables.ts'
import { signInProvidersOf } from './oauth-variables.ts'
import { secretInDataDir } from './secret-files.ts'
import type { Variables } from './variables.ts'

/** What variables mean: numbers in the units that code uses, parts that belong together in one place. */
export const toConfig = (given: Variables, resolve: (given: string) => string, makesSecretKey: boolean) => ({
  environment: given.NODE_ENV,
  dataDir: resolve(given.BACKLOT_DATA_DIR),
  secretKey:
    given.SECRET_KEY ??
    (makesSecretKey ? secretInDataDir(resolve(given.BACKLOT_DATA_DIR), 'secret-key') : ''),
  /** Beside the data directory by default: whoever removes that one still has the backups. */
  backup: {
    directory: resolve(given.BACKUP_DIR ?? `${given.BACKLOT_DATA_DIR}-backups`),
    /** 0: none are scheduled. */
    everyMs: given.BACKUP_EVERY_HOURS * 3_600_000,
    keep: given.BACKUP_KEEP,
  },
  logLevel: given.LOG_LEVEL,
  /** Undefined: standard output alone. */
  logFile: logFileOf(given, resolve),
  /** Undefined: errors are in the log alone. */
  sentry: given.SENTRY_DSN === undefined ? undefined : sentryOf(given, given.SENTRY_DSN),
  metricsToken: given.METRICS_TOKEN,
  /** Where roles without an HTTP API tell how they are; undefined: nowhere. */
  healthPort: given.HEALTH_PORT,
  /** Undefined: no traces are taken. */
  tracing: tracingOf(given),
  shutdownTimeoutMs: given.SHUTDOWN_TIMEOUT_SECONDS * 1_000,
  /** How long `api` goes on when it has said that it leaves. */
  shutdownDelayMs: given.SHUTDOWN_DELAY_SECONDS * 1_000,
  http: httpOf(given),
  database: {
    /** Undefined: the embedded PostgreSQL. */
    url: given.DATABASE_URL ?? databaseUrlOfParts(given),
    ssl: given.DB_SSL,
    poolMax: given.DB_POOL_MAX,
    replicas: {
      urls: given.DATABASE_REPLICA_URLS,
      maxLagMs: given.DATABASE_REPLICA_MAX_LAG_SECONDS * 1_000,
    },
  },
  /** Undefined: what processes remember, each remembers by itself. */
  redisUrl: given.REDIS_URL,
  /** Undefined: files are on the disk. */
  s3: s3Of(given),
  mail: { smtpUrl: given.SMTP_URL, from: given.MAIL_FROM ?? 'Backlot <no-reply@localhost>' },
  /** Where users can sign in besides. */
  signInProviders: signInProvidersOf(given),
  images: imagesOf(given, given.BACKLOT_DATA_DIR, resolve),
  files: { quotaBytes: given.FILES_QUOTA_BYTES },
  data: {
    quota: { rows: given.DATA_QUOTA_ROWS, bytes: given.DATA_QUOTA_BYTES },
    datasetRetentionDays: given.DATASET_RETENTION_DAYS,
    exportRetentionDays: given.EXPORT_RETENTION_DAYS,
  },
  /** Undefined: its entries are kept for ever. */
  audit: { retentionDays: given.AUDIT_RETENTION_DAYS },
  jobs: {
    retentionDays: given.JOB_RETENTION_DAYS,
    /** Jobs at a time of each queue that a worker serves. */
    concurrency: given.WORKER_QUEUES,
  },
  live: liveOf(given),
  webhooks: { allowPrivateAddresses: given.WEBHOOKS_ALLOW_PRIVATE_ADDRESSES },
  syncs: { allowPrivateAddresses: given.SYNCS_ALLOW_PRIVATE_ADDRESSES },
})

const httpOf = (given: Variables) => ({
  host: given.HOST,
  port: given.PORT,
  /** How many processes answer on that port. */
  processes: given.WEB_CONCURRENCY,
  /** Where clients reach this server, an origin without a final slash; undefined: wherever they ask. */
  publicUrl: given.PUBLIC_URL,
  /** The same for links in mails and for pages, where nobody has asked yet. */
  origin: given.PUBLIC_URL ?? `http://localhost:${given.PORT}`,
  corsOrigins: given.CORS_ORIGINS,
  /** Undefined: passkeys are for the host of `origin`. */
  passkeyRpId: given.PASSKEY_RP_ID,
  passkeyOrigins: given.PASSKEY_ORIGINS,
  trustProxy: given.TRUST_PROXY,
  rateLimit: {
    addressPerMinute: given.RATE_LIMIT_ADDRESS_PER_MINUTE,
    identityPerMinute: given.RATE_LIMIT_IDENTITY_PER_MINUTE,
  },
})

const liveOf = (given: Variables) => ({
  host: given.HOST,
  rtmpPort: given.RTMP_PORT,
  rtmps: rtmpsOf(given),
  /** How encoders reach the ingest; undefined: by the name that the API was asked at. */
  publicHost: given.RTMP_PUBLIC_HOST,
  allowPrivateDestinations: given.LIVE_ALLOW_PRIVATE_DESTINATIONS,
  limits: {
    projectsPerUser: given.LIVE_PROJECTS_PER_USER,
    destinationsPerProject: given.LIVE_DESTINATIONS_PER_PROJECT,
    streamsPerUser: given.LIVE_STREAMS_PER_USER,
  },
  maxBitrate: given.LIVE_MAX_BITRATE_KBPS * 1_000,
  historyDays: given.LIVE_HISTORY_DAYS,
})

/** Where OTLP over HTTP takes traces: below the endpoint for all signals, or exactly at the one for traces. */
const tracingOf = (given: Variables) => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = given
  const endpoint = own ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`)
  if (endpoint === undefined) return undefined
  return {
    endpoint,
    headers: given.OTEL_EXPORTER_OTLP_HEADERS,
    /** Undefined: each role has a name of its own. */
    serviceName: given.OTEL_SERVICE_NAME,
    sampler: given.OTEL_TRACES_SAMPLER,
    samplerShare: given.OTEL_TRACES_SAMPLER_ARG,
  }
}

const logFileOf = (given: Variables, resolve: (given: string) => string) =>
  given.LOG_FILE === undefined
    ? undefined
    : {
        file: resolve(given.LOG_FILE),
        maxBytes: given.LOG_FILE_MAX_MB * 1024 ** 2,
        keep: given.LOG_FILE_KEEP,
      }

const sentryOf = ({ SENTRY_ENVIRONMENT, NODE_ENV }: Variables, dsn: string) => ({
  dsn,
  environment: SENTRY_ENVIRONMENT ?? NODE_ENV,
})

const s3Of = (given: Variables) => {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket } = given
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = given
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) return undefined
  return {
    endpoint,
    publicEndpoint: given.S3_PUBLIC_ENDPOINT,
    bucket,
    region: given.S3_REGION,
    accessKeyId,
    secretAccessKey,
    forcePathStyle: given.S3_FORCE_PATH_STYLE,
  }
}

const rtmpsOf = ({ RTMPS_PORT: port, RTMPS_CERT_FILE: certFile, RTMPS_KEY_FILE: keyFile }: Variables) =>
  port === undefined || certFile === undefined || keyFile === undefined
    ? undefined
    : { port, certFile, keyFile }

const databaseUrlOfParts = (given: Variables): string | undefined => {
  if (given.DB_HOST === undefined) return undefined
  const user = encodeURIComponent(given.DB_USER ?? '')
  const password = given.DB_PASSWORD === undefined ? '' : `:${encodeURIComponent(given.DB_PASSWORD)}`
  const name = encodeURIComponent(given.DB_NAME ?? '')
  if (given.DB_HOST.startsWith('/')) {
    return `postgres://${user}${password}@/${name}?host=${encodeURIComponent(given.DB_HOST)}&port=${given.DB_PORT}`
  }
  const host = given.DB_HOST.includes(':') ? `[${given.DB_HOST}]` : given.DB_HOST
  return `postgres://${user}${password}@${host}:${given.DB_PORT}/${name}`
}
