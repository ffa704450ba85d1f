import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { codeOf, isInfrastructureError } from '../database/infrastructure-error.ts'
import {
  AppError,
  badRequest,
  type FieldFault,
  insufficientStorage,
  invalid,
  notFound,
  unavailable,
} from '../errors.ts'
import { isUrlTooLong } from './request-url.ts'

const retryAfterSeconds = 2

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
  FST_ERR_BAD_URL: () => badRequest('The path is not valid.', 'INVALID_URL'),
  FST_ERR_MAX_PARAM_LENGTH: () => new AppError(414, 'URL_TOO_LONG', 'The path is too long.'),
  FST_ERR_VALIDATION: (error) => badRequest(error.message),
}

/** Turns whatever was thrown into what the client may know. */
export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    return invalid(error.validation.flatMap((fault) => toFieldFaults(fault, error.validationContext)))
  }
  const code = codeOf(error) ?? ''
  const framework = frameworkFaults[code]
  if (framework !== undefined) return framework(error as FastifyError)
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100') return insufficientStorage(error)
  if (isInfrastructureError(error)) return unavailable('database', retryAfterSeconds, error)
  if (isClientFault(error)) return new AppError(error.statusCode, code || 'BAD_REQUEST', error.message)
  return new AppError(500, 'INTERNAL_ERROR', 'Something went wrong on our side.', { cause: error })
}

const isClientFault = (error: unknown): error is FastifyError & { statusCode: number } =>
  error instanceof Error &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  error.statusCode >= 400 &&
  error.statusCode < 500

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
      request.log[level]({ err: error, requestId: request.id, route: request.routeOptions.url }, fault.code)
    }
    const shown =
      development && fault.status === 500 && error instanceof Error ? error.message : fault.message
    return sendFault(fault, shown, request, reply)
  }

const sendFault = (fault: AppError, message: string, request: FastifyRequest, reply: FastifyReply) => {
  if (fault.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(fault.retryAfterSeconds))
  if (fault.status === 401) reply.header('www-authenticate', 'Bearer')
  reply.header('cache-control', 'no-store').status(fault.status)
  const { code, errors } = fault
  const error = { code, message, errors, requestId: request.id }
  if (request.headers.accept?.includes('application/problem+json')) {
    // RFC 9457
    const problem = {
      type: 'about:blank',
      title: message,
      status: fault.status,
      instance: request.url,
      ...error,
    }
    return reply.type('application/problem+json').serializer(JSON.stringify).send(problem)
  }
  return reply
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ success: false, message, error })
}

export const handleUnknownRoute = (request: FastifyRequest, reply: FastifyReply) => {
  const fault = notFound('route')
  return sendFault(fault, `There is no ${request.method} ${request.url.split('?')[0]}.`, request, reply)
}

/** Called for what is refused before routing, when no hook has run: the envelope still holds. */
export const handleFrameworkError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
  const fault = isUrlTooLong(request.url)
    ? new AppError(414, 'URL_TOO_LONG', 'The URL is too long.')
    : toAppError(error)
  reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
  sendFault(fault, fault.message, request, reply)
}

const statusOfClientError: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/** Answers what is not HTTP at all, or came too slowly, and closes the connection. */
export const answerClientError = (error: Error & { code?: string }, socket: Socket) => {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
  const [status, reason] = statusOfClientError[error.code ?? ''] ?? [400, 'Bad Request']
  const code = reason.toUpperCase().replaceAll(' ', '_')
  const body = JSON.stringify({
    success: false,
    message: reason,
    error: { code, message: reason, errors: [] },
  })
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
