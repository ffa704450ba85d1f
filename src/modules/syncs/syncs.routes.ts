import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { preferHeaders } from '../../platform/http/prefer.ts'
import { type AnswerAcceptedDeps, answerAccepted } from '../../platform/jobs/answer-accepted.ts'
import { actorOf } from '../auth/authenticate.ts'
import {
  acceptedRunSchema,
  createSyncBody,
  listSyncsQuery,
  syncParams,
  syncRunSchema,
  syncSchema,
  updateSyncBody,
  viewSync,
} from './syncs.schema.ts'
import {
  createSync,
  deleteSync,
  getSync,
  listRuns,
  listSyncs,
  requestRun,
  type SyncsDeps,
  updateSync,
} from './syncs.service.ts'

export type SyncRoutesDeps = SyncsDeps & AnswerAcceptedDeps

const tags = ['data']
const params = syncParams

export const syncRoutes = (deps: SyncRoutesDeps) => async (app: App) => {
  createRoute(deps, app)
  readRoutes(deps, app)
  changeRoutes(deps, app)
  runRoutes(deps, app)
}

const createRoute = (deps: SyncRoutesDeps, app: App) => {
  app.post(
    '/syncs',
    {
      schema: {
        tags,
        summary: 'Pull an external JSON or CSV source into a dataset from time to time',
        description: 'The first run begins at once. A dataset has one sync at most.',
        headers: idempotencyHeaders,
        body: createSyncBody,
        response: { 201: successOf(syncSchema) },
      },
      config: { access: 'syncs:create' },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { sync, replayed } = await createSync(deps, actorOf(request), request.body, key)
      if (replayed) reply.header('idempotency-replayed', 'true')
      reply.status(201).header('location', `/v1/syncs/${sync.id}`)
      return ok(viewSync(sync))
    },
  )
}

const readRoutes = (deps: SyncRoutesDeps, app: App) => {
  app.get(
    '/syncs',
    {
      schema: {
        tags,
        summary: 'List syncs, newest first',
        querystring: listSyncsQuery,
        response: { 200: listOf(syncSchema) },
      },
      config: { access: 'syncs:read' },
    },
    (request) => listSyncs(deps, actorOf(request), request.query),
  )

  app.get(
    '/syncs/:id',
    {
      schema: { tags, summary: 'Get a sync', params, response: { 200: successOf(syncSchema) } },
      config: { access: 'syncs:read' },
    },
    async (request) => ok(viewSync(await getSync(deps, actorOf(request), request.params.id))),
  )

  app.get(
    '/syncs/:id/runs',
    {
      schema: {
        tags,
        summary: 'List the runs of a sync in the last 30 days, newest first, with what changed in each',
        params,
        querystring: listSyncsQuery,
        response: { 200: listOf(syncRunSchema) },
      },
      config: { access: 'syncs:read' },
    },
    (request) => listRuns(deps, actorOf(request), request.params.id, request.query),
  )
}

const changeRoutes = (deps: SyncRoutesDeps, app: App) => {
  app.patch(
    '/syncs/:id',
    {
      schema: {
        tags,
        summary: 'Change a sync, or enable it again',
        description: 'Headers go when `url` changes to another origin, unless they are given with it.',
        params,
        body: updateSyncBody,
        response: { 200: successOf(syncSchema) },
      },
      config: { access: 'syncs:update' },
    },
    async (request) =>
      ok(viewSync(await updateSync(deps, actorOf(request), request.params.id, request.body))),
  )

  app.delete(
    '/syncs/:id',
    {
      schema: {
        tags,
        summary: 'Delete a sync and its runs; the dataset stays',
        params,
        response: { 204: z.null() },
      },
      config: { access: 'syncs:delete' },
    },
    async (request, reply) => {
      await deleteSync(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}

const runRoutes = (deps: SyncRoutesDeps, app: App) => {
  app.post(
    '/syncs/:id/run',
    {
      schema: {
        tags,
        summary: 'Run a sync now',
        description: '409 `SYNC_RUNS` while it runs, `SYNC_DISABLED` when it is disabled.',
        headers: idempotencyHeaders.extend(preferHeaders.shape),
        params,
        response: { 202: successOf(acceptedRunSchema) },
      },
      config: { access: 'syncs:update' },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const started = await requestRun(deps, actorOf(request), request.params.id, key)
      return answerAccepted(deps, request, reply, started)
    },
  )
}
