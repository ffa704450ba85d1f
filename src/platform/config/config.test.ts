import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { deriveKey, secretInDataDir } from './secret-files.ts'
import { secretVariables, variables } from './variables.ts'

let directory: string

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'backlot-config-'))
})

afterEach(() => fs.rmSync(directory, { recursive: true }))

const load = (env: Record<string, string> = {}) => loadConfig(env, directory)
const faultsOf = (env: Record<string, string>): string[] => {
  try {
    load(env)
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : []
  }
  return []
}
const write = (name: string, content: string) => {
  const file = path.join(directory, name)
  fs.writeFileSync(file, content)
  return file
}
const modeOf = (...names: string[]) => fs.statSync(path.join(directory, ...names)).mode & 0o777

test('an empty environment gives the defaults and a secret key that stays', () => {
  const { config, warnings } = load()
  expect(warnings).toEqual([])
  expect(config).toMatchObject({
    environment: 'production',
    dataDir: path.join(directory, '.backlot'),
    shutdownTimeoutMs: 25_000,
    shutdownDelayMs: 0,
    http: {
      host: '127.0.0.1',
      port: 4000,
      origin: 'http://localhost:4000',
      corsOrigins: [],
      trustProxy: false,
    },
    database: { url: undefined, ssl: false, poolMax: 20 },
    files: { quotaBytes: 5_368_709_120 },
  })
  expect(config.secretKey).toHaveLength(43)
  expect(load().config.secretKey).toBe(config.secretKey)
})

test('a generated secret can be read by its owner only', () => {
  load()
  expect(modeOf('.backlot', 'secrets')).toBe(0o700)
  expect(modeOf('.backlot', 'secrets', 'secret-key')).toBe(0o600)
  fs.chmodSync(path.join(directory, '.backlot', 'secrets', 'secret-key'), 0o644)
  load()
  expect(modeOf('.backlot', 'secrets', 'secret-key')).toBe(0o600)
  expect(fs.readdirSync(path.join(directory, '.backlot', 'secrets'))).toEqual(['secret-key'])
})

test('a secret file that lost its content is not taken', () => {
  load()
  write('.backlot/secrets/secret-key', '')
  expect(faultsOf({})).toEqual([
    `${directory}/.backlot/secrets/secret-key does not hold a whole secret. Restore it from a backup.`,
  ])
})

test('each purpose has its own key', () => {
  const secret = secretInDataDir(directory, 'secret-key')
  expect(deriveKey(secret, 'access-token')).toHaveLength(32)
  expect(deriveKey(secret, 'access-token')).toEqual(deriveKey(secret, 'access-token'))
  expect(deriveKey(secret, 'access-token')).not.toEqual(deriveKey(secret, 'file-url'))
})

test('the environment wins over .env, and an empty value is unset', () => {
  write('.env', 'PORT=5000\nLOG_LEVEL="debug"\nDATABASE_URL=postgres://env@db/x\n')
  const { config } = load({ PORT: '6000', DATABASE_URL: '' })
  expect(config).toMatchObject({ http: { port: 6000 }, logLevel: 'debug', database: { url: undefined } })
})

test.each(secretVariables)('%s is read from a file', (name) => {
  const values = {
    SECRET_KEY: 'a'.repeat(40),
    DATABASE_URL: 'postgres://user:word@db/name',
    DB_PASSWORD: 'word',
    DATABASE_REPLICA_URLS: 'postgres://user:word@replica/database',
    REDIS_URL: 'rediss://:word@redis:6380/1',
    S3_SECRET_ACCESS_KEY: 'word',
    SMTP_URL: 'smtps://user:word@mail',
    OPENAI_API_KEY: 'sk-1',
    COMFYUI_URL: 'http://user:word@comfyui:8188',
    AUTOMATIC1111_URL: 'http://user:word@webui:7860',
    OAUTH_GOOGLE_CLIENT_SECRET: 'word',
    OAUTH_GITHUB_CLIENT_SECRET: 'word',
    OIDC_CLIENT_SECRET: 'word',
    METRICS_TOKEN: 'm'.repeat(20),
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi',
    SENTRY_DSN: 'https://key@sentry.example.com/1',
  }
  const needed: { [Name in string]?: Record<string, string> } = {
    DB_PASSWORD: { DB_HOST: 'db', DB_USER: 'user', DB_NAME: 'name' },
    DATABASE_REPLICA_URLS: { DB_HOST: 'db', DB_USER: 'user', DB_NAME: 'name' },
    S3_SECRET_ACCESS_KEY: { S3_ENDPOINT: 'http://s3', S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'key' },
    SMTP_URL: { MAIL_FROM: 'a@b.example' },
    OAUTH_GOOGLE_CLIENT_SECRET: { OAUTH_GOOGLE_CLIENT_ID: 'backlot' },
    OAUTH_GITHUB_CLIENT_SECRET: { OAUTH_GITHUB_CLIENT_ID: 'backlot' },
    OIDC_CLIENT_SECRET: { OIDC_ISSUER: 'https://id.example.com', OIDC_CLIENT_ID: 'backlot' },
    OTEL_EXPORTER_OTLP_HEADERS: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
  }
  const others = needed[name] ?? {}
  const given = load({ ...others, [name]: values[name] }).config
  const file = write('secret', `${values[name]}\n`)
  expect(
    load({ ...others, SECRET_KEY: given.secretKey, [`${name}_FILE`]: file, ...noKeyFor(name) }).config,
  ).toEqual(given)
  expect(faultsOf({ ...others, [name]: values[name], [`${name}_FILE`]: file })).toEqual([
    `${name}: set either ${name} or ${name}_FILE, not both`,
  ])
  expect(faultsOf({ ...others, [`${name}_FILE`]: '/nowhere' })[0]).toMatch(
    `${name}_FILE: cannot be read (ENOENT`,
  )
})

const noKeyFor = (name: string) => (name === 'SECRET_KEY' ? { SECRET_KEY: '' } : {})

test('every fault has its line, and no line holds a secret', () => {
  const faults = faultsOf({
    PORT: '70000',
    HOST: 'a b',
    DB_SSL: 'maybe',
    DATABASE_URL: 'mysql://user:hunter2@db',
    SECRET_KEY: 'hunter2',
    SMTP_URL: 'hunter2',
    FILES_QUOTA_BYTES: '-1',
    PUBLIC_URL: 'https://api.example.com/path',
  })
  expect(faults.map((line) => line.split(':')[0])).toEqual([
    'PORT',
    'HOST',
    'PUBLIC_URL',
    'SECRET_KEY',
    'DATABASE_URL',
    'DB_SSL',
    'SMTP_URL',
    'FILES_QUOTA_BYTES',
  ])
  expect(faults.join('\n')).not.toContain('hunter2')
  expect(faults[0]).toBe('PORT: must be a whole number from 0 to 65535 (it is "70000")')
})

test.each([
  [
    { DATABASE_URL: 'postgres://a@b/c', DB_HOST: 'b', DB_USER: 'a', DB_NAME: 'c' },
    'DATABASE_URL: set either',
  ],
  [{ DB_USER: 'a' }, 'DB_USER: is set without DB_HOST'],
  [{ DB_HOST: 'b', DB_USER: 'a' }, 'DB_NAME: must be set with DB_HOST'],
  [{ SMTP_URL: 'smtp://mail' }, 'MAIL_FROM: must be set with SMTP_URL'],
  [{ IMAGE_PROVIDER: 'openai' }, 'OPENAI_API_KEY: must be set'],
  [{ IMAGE_PROVIDER: 'comfyui' }, 'COMFYUI_CHECKPOINT: must be set'],
  [{ OPENAI_BASE_URL: 'http://localhost:6000/v1' }, 'OPENAI_BASE_URL: names a port that is blocked for HTTP'],
  [{ COMFYUI_URL: 'http://user:word@localhost:6666' }, 'COMFYUI_URL: names a port that is blocked'],
  [{ AUTOMATIC1111_URL: 'localhost:7860' }, 'AUTOMATIC1111_URL: must be a URL'],
  [{ SENTRY_DSN: 'http://key@localhost:6000/1' }, 'SENTRY_DSN: names a port that is blocked for HTTP'],
  [{ RTMPS_PORT: '1936', RTMPS_KEY_FILE: 'key.pem' }, 'RTMPS_CERT_FILE: must be set with RTMPS_PORT'],
  [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY: must not be true: then any client'],
  [{ TRUST_PROXY: '10.0.0.0/33' }, 'TRUST_PROXY: must be false'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'Basic YTpi' }, 'OTEL_EXPORTER_OTLP_HEADERS: must list headers'],
  [{ OTEL_TRACES_SAMPLER_ARG: '10' }, 'OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1'],
  [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS: must list origins'],
  [{ CORS_ORIGINS: 'https://app.example.com/' }, 'CORS_ORIGINS: must list origins'],
  [{ PASSKEY_RP_ID: 'https://example.com' }, 'PASSKEY_RP_ID: must be a domain'],
  [{ PASSKEY_RP_ID: '192.0.2.1' }, 'PASSKEY_RP_ID: must be a domain'],
  [{ PASSKEY_RP_ID: 'example.com', PUBLIC_URL: 'https://an-example.com' }, 'PASSKEY_RP_ID: must be the host'],
  [{ PASSKEY_ORIGINS: 'https://example.com/' }, 'PASSKEY_ORIGINS: must list origins'],
  [{ PASSKEY_ORIGINS: 'android:apk-key-hash:x' }, 'PASSKEY_ORIGINS: must list origins'],
])('%o is a fault', (env, line) => {
  const faults = faultsOf(env)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toContain(line)
})

test.each([
  [{ TRUST_PROXY: '2' }, { http: { trustProxy: 2 } }],
  [
    { TRUST_PROXY: 'loopback, 10.0.0.0/8,fd00::/8' },
    { http: { trustProxy: ['loopback', '10.0.0.0/8', 'fd00::/8'] } },
  ],
  [
    { CORS_ORIGINS: 'https://a.example, http://localhost:3000' },
    { http: { corsOrigins: ['https://a.example', 'http://localhost:3000'] } },
  ],
  [
    {
      PASSKEY_RP_ID: 'example.com',
      PUBLIC_URL: 'https://api.example.com',
      PASSKEY_ORIGINS: `https://example.com, android:apk-key-hash:${'a'.repeat(43)}`,
    },
    {
      http: {
        passkeyRpId: 'example.com',
        passkeyOrigins: ['https://example.com', `android:apk-key-hash:${'a'.repeat(43)}`],
      },
    },
  ],
  [{ PUBLIC_URL: 'https://api.example.com/' }, { http: { publicUrl: 'https://api.example.com' } }],
  [
    { DB_HOST: '::1', DB_USER: 'me@home', DB_PASSWORD: 'p/w:', DB_NAME: 'my db', DB_SSL: 'true' },
    { database: { url: 'postgres://me%40home:p%2Fw%3A@[::1]:5432/my%20db', ssl: true } },
  ],
  [{ OTEL_SERVICE_NAME: 'shop' }, { tracing: undefined }],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/', OTEL_TRACES_SAMPLER_ARG: '0.25' },
    { tracing: { endpoint: 'http://collector:4318/v1/traces', headers: {}, samplerShare: 0.25 } },
  ],
  [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/otlp',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi==, x-scope=1',
    },
    {
      tracing: {
        endpoint: 'https://traces.example.com/otlp',
        headers: { authorization: 'Basic YTpi==', 'x-scope': '1' },
        sampler: 'parentbased_always_on',
      },
    },
  ],
  [
    { OPENAI_BASE_URL: 'http://localhost:8080/v1/', IMAGE_PROVIDER: 'openai' },
    { images: { openai: { baseUrl: 'http://localhost:8080/v1' } } },
  ],
  [
    { IMAGE_PROVIDER: 'comfyui', COMFYUI_CHECKPOINT: 'sd.safetensors', COMFYUI_WORKFLOW_FILE: '/etc/w.json' },
    { images: { comfyui: { url: 'http://127.0.0.1:8188', workflowFile: '/etc/w.json' } } },
  ],
  [{ ONNX_MODELS_DIR: '/srv/models' }, { images: { onnx: { modelsDir: '/srv/models' } } }],
])('%o is understood', (env, expected) => {
  expect(load(env).config).toMatchObject(expected)
})

test('an unknown BACKLOT_ variable is a warning', () => {
  expect(load({ BACKLOT_DATADIR: '/x', OTHER: 'y' }).warnings).toEqual([
    'BACKLOT_DATADIR is not a variable of Backlot and changes nothing',
  ])
})

test('.env.example names every variable and nothing else', () => {
  const example = fs.readFileSync(path.resolve(import.meta.dirname, '../../../.env.example'), 'utf8')
  const named = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name)
  const known = [...Object.keys(variables.shape), ...secretVariables.map((name) => `${name}_FILE`)]
  expect(named.toSorted()).toEqual(known.toSorted())
})

test('WORKER_QUEUES chooses queues, each with its usual number of jobs at a time or its own', () => {
  const chosen = (text: string) => load({ WORKER_QUEUES: text }).config.jobs.concurrency
  expect(chosen('images:8, emails ,export:1')).toEqual({ images: 8, emails: 10, export: 1 })
  expect(Object.keys(load().config.jobs.concurrency)).toHaveLength(12)
  for (const wrong of ['pictures', 'images:0', 'images:201', 'images:', 'images,images:2', 'images,', ',']) {
    const [fault, ...others] = faultsOf({ WORKER_QUEUES: wrong })
    expect(others).toEqual([])
    expect(fault).toMatch(
      /^WORKER_QUEUES: must list queues, .* there are emails:10, uploads:5, .*webhooks:10 \(it is "/,
    )
  }
})

test('providers of sign-ins are those that are whole', () => {
  const google = { OAUTH_GOOGLE_CLIENT_ID: 'backlot', OAUTH_GOOGLE_CLIENT_SECRET: 'word' }
  const oidc = {
    OIDC_ISSUER: 'https://id.example.com/realms/staff/',
    OIDC_CLIENT_ID: 'backlot',
    OIDC_CLIENT_SECRET: 'word',
  }
  const enterprise = {
    OAUTH_GITHUB_CLIENT_ID: 'backlot',
    OAUTH_GITHUB_CLIENT_SECRET: 'word',
    OAUTH_GITHUB_URL: 'https://github.example.com/',
  }
  expect(load({}).config.signInProviders).toEqual([])
  expect(load({ ...google, ...oidc, ...enterprise }).config.signInProviders).toMatchObject([
    { name: 'google', label: 'Google', issuer: 'https://accounts.google.com' },
    { name: 'github', url: 'https://github.example.com', apiUrl: 'https://github.example.com/api/v3' },
    { name: 'oidc', label: 'id.example.com', issuer: 'https://id.example.com/realms/staff/' },
  ])
  expect(faultsOf({ OAUTH_GOOGLE_CLIENT_ID: 'backlot' })).toEqual([
    'OAUTH_GOOGLE_CLIENT_SECRET: must be set with OAUTH_GOOGLE_CLIENT_ID',
  ])
  expect(faultsOf({ ...oidc, OIDC_CLIENT_ID: '' })).toEqual(['OIDC_CLIENT_ID: must be set with OIDC_ISSUER'])
  expect(faultsOf({ OIDC_NAME: 'Ours' })[0]).toMatch('OIDC_NAME: is set without OIDC_ISSUER')
  for (const issuer of ['http://id.example.com', 'id.example.com', 'https://id.example.com?a=b']) {
    expect(faultsOf({ ...oidc, OIDC_ISSUER: issuer })[0], issuer).toMatch('OIDC_ISSUER: must be a URL')
  }
})
