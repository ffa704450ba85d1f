import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { actorOf } from '../auth/authenticate.ts'
import {
  createProjectBody,
  type IngestUrls,
  listProjectsQuery,
  projectParams,
  projectSchema,
  projectWithKeySchema,
  updateProjectBody,
  viewIngest,
  viewProject,
} from './projects.schema.ts'
import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  type ProjectsDeps,
  rotateStreamKey,
  updateProject,
} from './projects.service.ts'

export type ProjectRoutesDeps = ProjectsDeps & {
  publicUrl: string | undefined
  /** Where to publish, for a client that reaches this server by `hostname`. */
  ingestUrls: (hostname: string) => IngestUrls
}

const tags = ['live']

export const projectRoutes = (deps: ProjectRoutesDeps) => async (app: App) => {
  const ingestFor = (request: FastifyRequest) =>
    deps.ingestUrls(new URL(originOf(request, deps.publicUrl)).hostname)
  keyRoutes(deps, app, ingestFor)
  readRoutes(deps, app, ingestFor)
  changeRoutes(deps, app, ingestFor)
}

type IngestFor = (request: FastifyRequest) => IngestUrls

const keyRoutes = (deps: ProjectsDeps, app: App, ingestFor: IngestFor) => {
  app.post(
    '/projects',
    {
      schema: {
        tags,
        summary: 'Make a project, which takes one live feed and sends it to its destinations',
        description: 'The stream key is shown in this answer only.',
        headers: idempotencyHeaders,
        body: createProjectBody,
        response: { 201: successOf(projectWithKeySchema) },
      },
      config: { access: 'projects:create', batchable: true },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const project = await createProject(deps, actorOf(request), request.body, key)
      reply.status(201).header('location', `/v1/projects/${project.id}`).header('cache-control', 'no-store')
      return ok({ ...project, ingest: viewIngest(ingestFor(request)) })
    },
  )

  app.post(
    '/projects/:id/stream-key',
    {
      schema: {
        tags,
        summary: 'Give a project another stream key',
        description:
          'The old one is worth nothing any more: a publisher that is live with it is disconnected. The new one is shown in this answer only.',
        params: projectParams,
        response: { 200: successOf(projectWithKeySchema) },
      },
      config: { access: 'projects:update', batchable: true },
    },
    async (request, reply) => {
      const { row, streamKey } = await rotateStreamKey(deps, actorOf(request), request.params.id)
      reply.header('cache-control', 'no-store')
      return ok({ ...viewProject(row, ingestFor(request)), streamKey })
    },
  )
}

const readRoutes = (deps: ProjectsDeps, app: App, ingestFor: IngestFor) => {
  app.get(
    '/projects',
    {
      schema: {
        tags,
        summary: 'List projects, newest first',
        querystring: listProjectsQuery,
        response: { 200: listOf(projectSchema) },
      },
      config: { access: 'projects:read', batchable: true },
    },
    (request) => listProjects(deps, actorOf(request), request.query, ingestFor(request)),
  )

  app.get(
    '/projects/:id',
    {
      schema: {
        tags,
        summary: 'Get a project',
        params: projectParams,
        response: { 200: successOf(projectSchema) },
      },
      config: { access: 'projects:read', batchable: true },
    },
    async (request) => {
      const project = await getProject(deps, actorOf(request), request.params.id)
      return ok(viewProject(project, ingestFor(request)))
    },
  )
}

const changeRoutes = (deps: ProjectsDeps, app: App, ingestFor: IngestFor) => {
  app.patch(
    '/projects/:id',
    {
      schema: {
        tags,
        summary: 'Change a project',
        params: projectParams,
        body: updateProjectBody,
        response: { 200: successOf(projectSchema) },
      },
      config: { access: 'projects:update', batchable: true },
    },
    async (request) => {
      const project = await updateProject(deps, actorOf(request), request.params.id, request.body)
      return ok(viewProject(project, ingestFor(request)))
    },
  )

  app.delete(
    '/projects/:id',
    {
      schema: {
        tags,
        summary:
          'Delete a project with its destinations and the history of its streams; one that is live ends',
        params: projectParams,
        response: { 204: z.null() },
      },
      config: { access: 'projects:delete', batchable: true },
    },
    async (request, reply) => {
      await deleteProject(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
