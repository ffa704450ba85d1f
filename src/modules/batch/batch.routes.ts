import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { actorOf } from '../auth/authenticate.ts'
import { batchBody, callAnswer } from './batch.schema.ts'
import { type BatchDeps, runBatch } from './run-batch.ts'

const mostBytes = 1_024 * 1_024

export const batchRoutes = (deps: BatchDeps) => async (app: App) => {
  app.post(
    '/batch',
    {
      schema: {
        tags: ['batch'],
        summary: 'Make several calls in one transaction',
        description:
          'All or nothing, in order, each with the rights, limits and answers that it has alone. The first call that fails is the ' +
          'answer: its status, its code, and `calls.<index>` in `errors`; then nothing has happened. For calls whose whole effect is in ' +
          'the database: others are refused with `NOT_BATCHABLE`.',
        headers: idempotencyHeaders,
        body: batchBody,
        response: { 200: successOf(z.array(callAnswer)) },
      },
      bodyLimit: mostBytes,
      config: { access: 'identified' },
    },
    async (request, reply) => {
      const { calls } = request.body
      const batch = { app, request, calls, gone: clientGone(reply) }
      return ok(await runBatch(deps, actorOf(request), batch, request.headers['idempotency-key']))
    },
  )
}
