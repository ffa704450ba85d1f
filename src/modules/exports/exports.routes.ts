import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { preferHeaders, preferredWaitMs } from '../../platform/http/prefer.ts'
import { waitForEnd } from '../../platform/jobs/job-events.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { actorOf } from '../auth/authenticate.ts'
import {
  acceptedExportSchema,
  exportParams,
  exportRequest,
  exportSchema,
  listExportsQuery,
} from './exports.schema.ts'
import { createExport, deleteExport, type ExportsDeps, listExports, showExport } from './exports.service.ts'

export type ExportRoutesDeps = ExportsDeps & {
  publicUrl: string | undefined
  /** Aborted when this process drains: who waits for a job is answered with how it stands. */
  draining: AbortSignal
}

const tags = ['data']

export const exportRoutes = (deps: ExportRoutesDeps) => async (app: App) => {
  createRoute(deps, app)
  readRoutes(deps, app)
  deleteRoute(deps, app)
}

const createRoute = (deps: ExportRoutesDeps, app: App) => {
  app.post(
    '/export',
    {
      schema: {
        tags,
        summary: 'Write a dataset, or things of yours, to a file',
        description:
          'Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/exports/{id}.',
        headers: idempotencyHeaders.extend(preferHeaders.shape),
        body: exportRequest,
        response: { 202: successOf(acceptedExportSchema) },
      },
      config: { access: 'exports:create' },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { body, replayed } = await createExport(deps, actorOf(request), request.body, key)
      if (replayed) reply.header('idempotency-replayed', 'true')
      reply.status(202).header('location', body.data.statusUrl)
      const waitMs = preferredWaitMs(request.headers.prefer)
      if (waitMs === 0) return body
      const patience = AbortSignal.any([clientGone(reply), deps.draining])
      if (!(await waitForEnd(deps, body.data.jobId, waitMs, patience))) return body
      const origin = originOf(request, deps.publicUrl)
      const { status } = await showExport(
        { ...deps, readDb: deps.db },
        actorOf(request),
        body.data.exportId,
        origin,
      )
      return ok({ ...body.data, status })
    },
  )
}

const readRoutes = (deps: ExportRoutesDeps, app: App) => {
  app.get(
    '/exports',
    {
      schema: {
        tags,
        summary: 'List exports, newest first',
        querystring: listExportsQuery,
        response: { 200: listOf(exportSchema) },
      },
      config: { access: 'exports:read' },
    },
    (request) => listExports(deps, actorOf(request), request.query, originOf(request, deps.publicUrl)),
  )

  app.get(
    '/exports/:id',
    {
      schema: {
        tags,
        summary: 'Get an export, with the signed address of its file',
        params: exportParams,
        response: { 200: successOf(exportSchema) },
      },
      config: { access: 'exports:read' },
    },
    async (request) =>
      ok(await showExport(deps, actorOf(request), request.params.id, originOf(request, deps.publicUrl))),
  )
}

const deleteRoute = (deps: ExportRoutesDeps, app: App) => {
  app.delete(
    '/exports/:id',
    {
      schema: {
        tags,
        summary: 'Delete an export and its file',
        params: exportParams,
        response: { 204: z.null() },
      },
      config: { access: 'exports:delete' },
    },
    async (request, reply) => {
      await deleteExport(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
