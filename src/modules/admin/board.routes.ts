import { createReadStream } from 'node:fs'
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import { notFound } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { redirectToSignIn } from '../auth/sign-in-page.ts'
import type { JobsDeps } from '../jobs/jobs.service.ts'
import { refusedOnBoard } from './board-errors.ts'
import { boardPolicy, boardStyle, listBoardFiles, renderBoardPage } from './board-page.ts'

const basePath = '/admin/queues'
const pages = ['', '/job-schedulers', '/queue/:queueName', '/queue/:queueName/:jobId']
/** What Bull Board's pages ask for, of what makes sense for jobs here. */
const reads = [
  '/api/queues',
  '/api/job-schedulers',
  '/api/queues/:queueName/default-job-options',
  '/api/queues/:queueName/job-data-schema',
  '/api/queues/:queueName/:jobId',
  '/api/queues/:queueName/:jobId/logs',
  '/api/queues/:queueName/:jobId/flow',
]
const changes = ['/api/queues/:queueName/:jobId/retry', '/api/queues/:queueName/:jobId/clean']
const retryAll = '/api/queues/:queueName/retry/:queueStatus'
const assetSeconds = 3_600

const schema = { hide: true }
const read = { access: 'queues:read' } as const
const update = { access: 'queues:update' } as const

/** Bull Board for admins, over the table of jobs. What it needs is loaded when somebody opens it. */
export const boardRoutes = (deps: JobsDeps) => async (app: App) => {
  const load = once(async () => {
    const { boardQueuesFor, createBoard } = await import('./board.ts')
    return { boardQueuesFor, answer: createBoard() }
  })
  const files = once(listBoardFiles)
  const answerAs = (route: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { boardQueuesFor, answer } = await load()
    const asked = request as FastifyRequest<BoardRequest>
    const queues = boardQueuesFor(deps, actorOf(request))
    const { status, body } = await answer(route, asked, queues)
    return reply.status(status).send(status === 204 ? undefined : body)
  }
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', boardPolicy)
  })

  for (const page of pages) {
    const options = { schema, config: read, errorHandler: redirectToSignIn }
    app.get(`${basePath}${page}`, options, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(await renderBoardPage(basePath)),
    )
  }
  app.get(`${basePath}/board.css`, { schema, config: read }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(boardStyle),
  )
  app.get<{ Params: { '*': string } }>(
    `${basePath}/static/*`,
    { schema, config: read },
    async (request, reply) => {
      const found = (await files()).get(request.params['*'])
      if (found === undefined) throw notFound('file')
      return reply
        .type(found.contentType)
        .header('cache-control', `private, max-age=${assetSeconds}`)
        .send(createReadStream(found.file))
    },
  )
  for (const route of reads)
    app.get(`${basePath}${route}`, { schema, config: read }, answerAs(`GET ${route}`))
  for (const route of changes)
    app.put(`${basePath}${route}`, { schema, config: update }, answerAs(`PUT ${route}`))
  const retryFailed = answerAs(`PUT ${retryAll}`)
  app.put<{ Params: { queueStatus: string } }>(
    `${basePath}${retryAll}`,
    { schema, config: update },
    async (request, reply) => {
      if (request.params.queueStatus !== 'failed') throw refusedOnBoard()
      return retryFailed(request, reply)
    },
  )
  for (const method of ['POST', 'PUT', 'PATCH'] as const)
    app.route({
      ...{ method, url: `${basePath}/api/*`, schema, config: update },
      handler: async () => {
        throw refusedOnBoard()
      },
    })
}

interface BoardRequest extends RouteGenericInterface {
  Params: Record<string, string>
  Querystring: Record<string, string>
  Body: Record<string, unknown>
}

/** What is costly to make is made when it is asked for first; after a failure again. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}
