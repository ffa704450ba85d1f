import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { preferHeaders } from '../../platform/http/prefer.ts'
import { type AnswerAcceptedDeps, answerAccepted } from '../../platform/jobs/answer-accepted.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { actorOf } from '../auth/authenticate.ts'
import { reportRequest } from './report-request.ts'
import { acceptedReportSchema, listReportsQuery, reportParams, reportSchema } from './reports.schema.ts'
import { createReport, deleteReport, listReports, type ReportsDeps, showReport } from './reports.service.ts'

export type ReportRoutesDeps = ReportsDeps & AnswerAcceptedDeps & { publicUrl: string | undefined }

const tags = ['reports']

export const reportRoutes = (deps: ReportRoutesDeps) => async (app: App) => {
  createRoute(deps, app)
  readRoutes(deps, app)
  deleteRoute(deps, app)
}

const createRoute = (deps: ReportRoutesDeps, app: App) => {
  app.post(
    '/reports',
    {
      schema: {
        tags,
        summary: 'Write the usage of a period to a PDF with charts',
        description:
          'Answers 202 with the job. The file is at `resultUri` of the status when it is done, and at GET /v1/reports/{id}.',
        headers: idempotencyHeaders.extend(preferHeaders.shape),
        body: reportRequest,
        response: { 202: successOf(acceptedReportSchema) },
      },
      config: { access: 'reports:create' },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const accepted = await createReport(deps, actorOf(request), request.body, key)
      return answerAccepted(deps, request, reply, accepted)
    },
  )
}

const readRoutes = (deps: ReportRoutesDeps, app: App) => {
  app.get(
    '/reports',
    {
      schema: {
        tags,
        summary: 'List reports, newest first',
        querystring: listReportsQuery,
        response: { 200: listOf(reportSchema) },
      },
      config: { access: 'reports:read' },
    },
    (request) => listReports(deps, actorOf(request), request.query, originOf(request, deps.publicUrl)),
  )

  app.get(
    '/reports/:id',
    {
      schema: {
        tags,
        summary: 'Get a report, with the signed address of its file',
        params: reportParams,
        response: { 200: successOf(reportSchema) },
      },
      config: { access: 'reports:read' },
    },
    async (request) =>
      ok(await showReport(deps, actorOf(request), request.params.id, originOf(request, deps.publicUrl))),
  )
}

const deleteRoute = (deps: ReportRoutesDeps, app: App) => {
  app.delete(
    '/reports/:id',
    {
      schema: {
        tags,
        summary: 'Delete a report and its file',
        params: reportParams,
        response: { 204: z.null() },
      },
      config: { access: 'reports:delete' },
    },
    async (request, reply) => {
      await deleteReport(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
