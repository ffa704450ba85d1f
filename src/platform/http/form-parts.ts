import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { badRequest } from '../errors.ts'

/** The parts of a multipart form, as they arrive. @throws 400 for what is no form, 413 for what passes a bound */
export async function* formParts(request: FastifyRequest): AsyncGenerator<Multipart> {
  try {
    yield* request.parts()
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error) throw error
    // The parser's own errors say nothing of who is at fault; it is whoever wrote the form.
    throw badRequest('The body is not valid multipart/form-data.', 'INVALID_FORM')
  }
}
