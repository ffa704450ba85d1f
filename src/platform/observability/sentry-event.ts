import { randomUUID } from 'node:crypto'
import os from 'node:os'
import { z } from 'zod'

const errorSchema = z.object({
  type: z.string(),
  message: z.string(),
  code: z.string().optional(),
  stack: z.string().default(''),
  get cause(): z.ZodOptional<typeof errorSchema> {
    return errorSchema.optional()
  },
})
type ErrorOfLine = z.infer<typeof errorSchema>

const tag = z.union([z.string(), z.number()]).optional()

/** What an event may say of a line of the log. Whatever else is in the line stays there. */
const tagsSchema = z.object({
  requestId: tag,
  route: tag,
  status: tag,
  jobId: tag,
  queue: tag,
  type: tag,
  attempt: tag,
  crashes: tag,
  origin: tag,
})

const lineSchema = tagsSchema.extend({
  level: z.number(),
  time: z.number(),
  /** The role. */
  name: z.string().default('backlot'),
  msg: z.string().default(''),
  err: errorSchema.optional(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
})
export type ErrorLine = z.infer<typeof lineSchema>

const errorLevel = 50
const fatalLevel = 60

/** The line, when it tells of something unexpected: it has the level of an error, or a request ended with a 5xx. */
export const readErrorLine = (text: string): ErrorLine | undefined => {
  const { data: line } = lineSchema.safeParse(JSON.parse(text))
  if (line === undefined) return undefined
  return line.level >= errorLevel || Number(line.status) >= 500 ? line : undefined
}

/** What is the same for errors of one cause. */
export const fingerprintOf = ({ name, msg, err }: ErrorLine): string =>
  [name, msg, err?.type, err?.code, err?.cause?.code, err?.stack.split('\n', 1)[0]].join('|')

export type EventContext = { release: string; environment: string }

/** https://develop.sentry.dev/sdk/foundations/transport/event-payloads/ */
export const toSentryEvent = (line: ErrorLine, { release, environment }: EventContext) => ({
  event_id: randomUUID().replaceAll('-', ''),
  timestamp: line.time / 1_000,
  platform: 'node',
  level: line.level >= fatalLevel ? 'fatal' : line.level >= errorLevel ? 'error' : 'warning',
  logger: 'backlot',
  release,
  environment,
  server_name: os.hostname(),
  ...(line.route === undefined ? {} : { transaction: String(line.route) }),
  tags: { role: line.name, ...tagsSchema.parse(line) },
  contexts: {
    runtime: { name: 'node', version: process.versions.node },
    ...(line.trace_id && line.span_id ? { trace: { trace_id: line.trace_id, span_id: line.span_id } } : {}),
  },
  logentry: { formatted: line.msg },
  ...(line.err === undefined ? {} : { exception: { values: withCauses(line.err).map(toException) } }),
})

/** The innermost first, as Sentry wants them. */
const withCauses = (error: ErrorOfLine): ErrorOfLine[] =>
  error.cause === undefined ? [error] : [...withCauses(error.cause), error]

const toException = ({ type, message, code, stack }: ErrorOfLine) => ({
  type: code === undefined ? type : `${type} (${code})`,
  value: tellable(message, code),
  stacktrace: { frames: toFrames(stack) },
})

const longestMessage = 500
/** Expressions below take their time with what goes on for long. */
const mostSearched = 2_000
/** A digit tells those of PostgreSQL from those of Node: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isSqlState = (code: string): boolean => /^(?=.*\d)[0-9A-Z]{5}$/.test(code)

/**
 * A message without what somebody has written or stored: the words of PostgreSQL, the text of a statement, which may hold values
 * of a filter, what stands in double quotes, such as the piece of a body that is not JSON, mail and network addresses, and what a
 * URL asks. The log has all of it.
 */
const tellable = (message: string, code: string | undefined): string => {
  if (code !== undefined && isSqlState(code)) return `PostgreSQL's ${code}`
  return message
    .slice(0, mostSearched)
    .replace(/^(Failed query: \w+)[\s\S]*$/, '$1 ...')
    .replaceAll(/"[^"]*"?/g, '"..."')
    .replaceAll(/[^\s<>'"/]+@[^\s<>'"/]+/g, '...@...')
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b|(?<![\w:])[0-9a-f]*(:[0-9a-f]*){2,}/gi, '...')
    .replaceAll(/\?\S+/g, '?...')
    .slice(0, longestMessage)
}

const mostFrames = 50

/** `    at name (file:line:column)`, the innermost first; Sentry wants it last. https://v8.dev/docs/stack-trace-api */
const toFrames = (stack: string) =>
  stack
    .split('\n', mostFrames)
    .flatMap((line) => {
      const [, name, file, row, column] =
        /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? []
      if (file === undefined) return []
      return {
        function: name ?? '<anonymous>',
        filename: file,
        lineno: Number(row),
        colno: Number(column),
        in_app: !file.includes('node_modules') && !file.startsWith('node:'),
      }
    })
    .reverse()
