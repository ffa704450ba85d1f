import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { preferHeaders } from '../../platform/http/prefer.ts'
import { type AnswerAcceptedDeps, answerAccepted } from '../../platform/jobs/answer-accepted.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { actorOf } from '../auth/authenticate.ts'
import { exportRequest } from './export-request.ts'
import { acceptedExportSchema, exportParams, exportSchema, listExportsQuery } from './exports.schema.ts'
import { createExport, deleteExport, type ExportsDeps, listExports, showExport } from './exports.service.ts'

export type ExportRoutesDeps = ExportsDeps & AnswerAcceptedDeps & { publicUrl: string | undefined }

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
        operationId: 'exports.create',
        summary: 'Write a dataset, or things of yours, to a file',
        description:
          'Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/exports/{id}.',
        headers: idempotencyHeaders.extend(preferHeaders.shape),
        body: exportRequest,
        response: { 202: successOf(acceptedExportSchema) },
      },
      config: { access: 'exports:create', batchable: true },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      return answerAccepted(
        deps,
        request,
        reply,
        await createExport(deps, actorOf(request), request.body, key),
      )
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
      config: { access: 'exports:read', batchable: true },
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
      config: { access: 'exports:read', batchable: true },
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
