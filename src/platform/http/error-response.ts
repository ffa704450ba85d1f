import { randomUUID } from 'node:crypto'
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import {
  codeOf,
  isContention,
  isInfrastructureError,
  violatedConstraint,
} from '../database/infrastructure-error.ts'
import {
  AppError,
  badRequest,
  type FieldFault,
  insufficientStorage,
  invalid,
  notFound,
  unauthorized,
  unavailable,
} from '../errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Tells faults of this route in the words of another API, whose clients read no envelope. */
    tellFault?: (fault: AppError, message: string) => { status: number; body: object }
  }
}

const retryAfterSeconds = 2

const tooManyParts = () =>
  new AppError(413, 'TOO_MANY_PARTS', 'The form has more parts than this route takes.')

/** What Fastify itself refuses, in our words. */
const frameworkFaults: Record<string, (error: FastifyError) => AppError> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new AppError(415, 'UNSUPPORTED_MEDIA_TYPE', 'This route does not read this content type.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new AppError(413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 10 MB.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () =>
    badRequest('The body is empty, and its content type says JSON.', 'EMPTY_BODY'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => badRequest('The body is not valid JSON.', 'INVALID_JSON'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    badRequest('Content-Length does not match the body.', 'INVALID_LENGTH'),
  FST_PARTS_LIMIT: tooManyParts,
  FST_FIELDS_LIMIT: tooManyParts,
  FST_FILES_LIMIT: tooManyParts,
  FST_CP_ERR_INVALID_CONTENT: () =>
    badRequest('The body is not compressed as Content-Encoding says.', 'INVALID_COMPRESSION'),
  FST_CP_ERR_INVALID_CONTENT_ENCODING: () =>
    new AppError(415, 'UNSUPPORTED_CONTENT_ENCODING', 'Send the body as it is, or compressed with gzip.'),
}

/** A form with a hundred wrong fields is a program's mistake; nobody reads on, and answers stay small. */
const mostFaultsTold = 100

/** Turns whatever was thrown into what the client may know. */
export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.flatMap((fault) => toFieldFaults(fault, error.validationContext))
    return invalid(faults.slice(0, mostFaultsTold))
  }
  const code = codeOf(error) ?? ''
  const framework = frameworkFaults[code]
  if (framework !== undefined) return framework(error as FastifyError)
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100') return insufficientStorage(error)
  // Before the next line: a client that goes away in the middle of its body is an ECONNRESET too.
  if (isClientFault(error)) return clientFault(error.statusCode)
  if (isInfrastructureError(error) || isContention(error))
    return unavailable('database', retryAfterSeconds, error)
  if (namesDeletedUser(error)) return unauthorized('This account has been deleted.', 'SESSION_ENDED')
  return new AppError(500, 'INTERNAL_ERROR', 'Something went wrong on our side.', { cause: error })
}

/** Whoever asks was deleted while his request ran: what it adds would belong to nobody. */
const namesDeletedUser = (error: unknown): boolean =>
  /_(owner|user)_fk$/.test(violatedConstraint(error, '23503') ?? '')

const isClientFault = (error: unknown): error is FastifyError & { statusCode: number } =>
  error instanceof Error &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  error.statusCode >= 400 &&
  error.statusCode < 500

const phraseOf = (status: number) => STATUS_CODES[status] ?? 'Bad Request'
const codeOfPhrase = (phrase: string) => phrase.toUpperCase().replaceAll(/[^A-Z]+/g, '_')

/** What a library refuses: its status holds, and its words stay inside. */
const clientFault = (status: number) =>
  new AppError(status, codeOfPhrase(phraseOf(status)), `${phraseOf(status)}.`)

type ZodFault = {
  keyword: string
  instancePath: string
  message?: string | undefined
  params: Record<string, unknown>
}

/** `/items/0/name` of the body is `items.0.name`; what stands in the URL or a header says so: `params.id`. */
const toFieldFaults = (
  { keyword, instancePath, message, params }: ZodFault,
  context = 'body',
): FieldFault[] => {
  const parents = [
    ...(context === 'body' ? [] : [context]),
    ...instancePath.split('/').filter((part) => part !== ''),
  ]
  if (keyword === 'unrecognized_keys' && Array.isArray(params.keys)) {
    return params.keys.map((key) => ({
      path: [...parents, key].join('.'),
      code: keyword,
      message: 'This field is not known here, or cannot be set.',
    }))
  }
  return [{ path: parents.join('.') || 'body', code: keyword, message: message ?? 'Not valid.' }]
}

export const handleError =
  ({ development }: { development: boolean }) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const fault = toAppError(error)
    if (fault.status >= 500) {
      const level = fault.status === 503 ? 'warn' : 'error'
      const { status } = fault
      request.log[level](
        { err: error, requestId: request.id, route: request.routeOptions.url, status },
        fault.code,
      )
    }
    const shown =
      development && fault.status === 500 && error instanceof Error ? error.message : fault.message
    return sendFault(fault, shown, request, reply)
  }

const sendFault = (fault: AppError, message: string, request: FastifyRequest, reply: FastifyReply) => {
  if (fault.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(fault.retryAfterSeconds))
  if (fault.status === 401) reply.header('www-authenticate', 'Bearer')
  const told = request.routeOptions.config.tellFault?.(fault, message)
  reply.header('cache-control', 'no-store').status(told?.status ?? fault.status)
  if (told !== undefined) return sendJson(reply, told.body)
  const { code, errors } = fault
  const error = { code, message, errors, requestId: request.id }
  if (request.headers.accept?.includes('application/problem+json')) {
    // RFC 9457: what `about:blank` means is the status, so the title is the status's phrase (4.2.1).
    const { message: detail, ...facts } = error
    const { status } = fault
    const title = phraseOf(status)
    const problem = { type: 'about:blank', title, status, detail, instance: request.url, ...facts }
    return reply.type('application/problem+json').serializer(JSON.stringify).send(problem)
  }
  return sendJson(reply, { success: false, message, error })
}

const sendJson = (reply: FastifyReply, body: object) =>
  reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)

export const handleUnknownRoute = (request: FastifyRequest, reply: FastifyReply) => {
  const fault = notFound('route')
  return sendFault(fault, `There is no ${request.method} ${request.url.split('?')[0]}.`, request, reply)
}

const statusOfClientError: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers what is not HTTP at all, or came too slowly, and closes the connection. */
export const answerClientError = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy()
    return
  }
  const status = statusOfClientError[error.code ?? ''] ?? 400
  const message = phraseOf(status)
  const requestId = randomUUID()
  const fault = { code: codeOfPhrase(message), message, errors: [], requestId }
  const body = JSON.stringify({ success: false, message, error: fault })
  const head = [
    `HTTP/1.1 ${status} ${message}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    `X-Request-ID: ${requestId}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Node keeps the response that a socket is busy with there; bytes of another one must not get into it. */
const isAnswering = (socket: Socket): boolean => {
  const response: ServerResponse | null | undefined = Reflect.get(socket, '_httpMessage')
  return response?.headersSent === true
}
