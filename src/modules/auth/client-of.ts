import type { FastifyRequest } from 'fastify'
import type { Client } from './sessions.ts'

export const clientOf = (request: FastifyRequest): Client => ({
  address: request.ip,
  device: request.headers['user-agent'],
})
