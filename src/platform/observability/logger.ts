import { type Logger, pino } from 'pino'

const secretKeys = [
  'password',
  'newPassword',
  'currentPassword',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'set-cookie',
  'apiKey',
  'secret',
  'secretKey',
  'streamKey',
]

/** Also one and two levels down: `headers.authorization`, `err.config.apiKey`. */
const redactedPaths = secretKeys.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`])

/** The log of one process: a JSON object a line on standard output, written without blocking the event loop. */
export const createLogger = ({ logLevel }: { logLevel: string }, name: string): Logger =>
  pino(
    { name, level: logLevel, redact: { paths: redactedPaths, censor: '[redacted]' } },
    pino.destination({ dest: 1, sync: false }),
  )
