import { type Level, type Logger, pino } from 'pino'
import { traceOfLogLine } from './tracing.ts'

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
  'challengeToken',
  'otpauthUri',
  'recoveryCode',
  'recoveryCodes',
]

/** Also one and two levels down: `headers.authorization`, `err.config.apiKey`. */
const redactedPaths = secretKeys.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`])

export type LoggedError = { type: string; message: string; code?: string; stack: string; cause?: LoggedError }

const deepestCause = 5

/**
 * What a log may say of an error. Left out are the values of a statement, which Drizzle appends to the message and so to the
 * stack, and everything else that libraries hang on errors: rows in PostgreSQL's `detail`, requests, responses.
 */
export const loggedError = (error: unknown, depth = 0): LoggedError => {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error', stack: '' }
  const { name, cause, stack = '' } = error
  const message = error.message.replace(/\nparams: [\s\S]*$/, '')
  const frames = stack.slice(stack.indexOf('\n    at ') + 1)
  return {
    type: name,
    message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    stack: stack.includes('\n    at ') ? frames : '',
    ...(cause instanceof Error && depth < deepestCause ? { cause: loggedError(cause, depth + 1) } : {}),
  }
}

/** What takes lines beside standard output, from a level on. */
export type LogSink = { level: Level; stream: { write: (line: string) => void } }

/** The log of one process: a JSON object a line on standard output, written without blocking the event loop. */
export const createLogger = (
  { logLevel, tracing }: { logLevel: string; tracing?: object | undefined },
  name: string,
  sinks: LogSink[] = [],
): Logger => {
  const standardOutput = pino.destination({ dest: 1, sync: false })
  return pino(
    {
      name,
      level: logLevel,
      ...(tracing && { mixin: traceOfLogLine }),
      redact: { paths: redactedPaths, censor: '[redacted]' },
      serializers: { err: (error: unknown) => loggedError(error) },
    },
    sinks.length === 0
      ? standardOutput
      : pino.multistream([{ level: 'trace', stream: standardOutput }, ...sinks]),
  )
}
