import { createReadStream } from 'node:fs'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import { actorOf } from '../auth/authenticate.ts'
import { redirectToSignIn } from '../auth/sign-in-page.ts'
import type { JobsDeps } from '../jobs/jobs.service.ts'
import { refusedOnBoard } from './board-errors.ts'
import { boardPolicy, boardStyle, listBoardFiles, renderBoardPage } from './board-page.ts'

const prefix = '/admin/queues'
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

const reading = { schema: { hide: true }, config: { access: 'queues:read' } } as const
const changing = { schema: { hide: true }, config: { access: 'queues:update' } } as const

/** Bull Board for admins, over the table of jobs. What it needs is loaded when somebody opens it. */
export const boardRoutes = (deps: JobsDeps) => async (app: App) => {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', boardPolicy)
  })
  servePages(app)
  serveOperations(app, deps)
}

const servePages = (app: App) => {
  const files = once(listBoardFiles)
  for (const page of pages) {
    const options = { ...reading, errorHandler: redirectToSignIn }
    app.get(`${prefix}${page}`, options, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(await renderBoardPage(prefix)),
    )
  }
  app.get(`${prefix}/board.css`, reading, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(boardStyle),
  )
  app.get<{ Params: { '*': string } }>(`${prefix}/static/*`, reading, async (request, reply) => {
    const found = (await files()).get(request.params['*'])
    if (found === undefined) throw notFound('file')
    return reply
      .type(found.contentType)
      .header('cache-control', `private, max-age=${assetSeconds}`)
      .send(createReadStream(found.file))
  })
}

type Asked = {
  Params: Record<string, string>
  Querystring: Record<string, string>
  Body: Record<string, unknown>
}

const serveOperations = (app: App, deps: JobsDeps) => {
  const load = once(async () => {
    const [{ createBoard }, { boardQueuesFor }] = await Promise.all([
      import('./board.ts'),
      import('./board-queues.ts'),
    ])
    return { boardQueuesFor, answer: createBoard() }
  })
  const answerAs = (route: string) => async (request: FastifyRequest<Asked>, reply: FastifyReply) => {
    const { boardQueuesFor, answer } = await load()
    const { status, body } = await answer(route, request, boardQueuesFor(deps, actorOf(request)))
    return reply.status(status).send(status === 204 ? undefined : body)
  }
  const refuse = async () => {
    throw refusedOnBoard()
  }
  for (const route of reads) app.get<Asked>(`${prefix}${route}`, reading, answerAs(`GET ${route}`))
  for (const route of changes) app.put<Asked>(`${prefix}${route}`, changing, answerAs(`PUT ${route}`))
  const retryFailed = answerAs(`PUT ${retryAll}`)
  app.put<Asked>(`${prefix}${retryAll}`, changing, (request, reply) =>
    request.params.queueStatus === 'failed' ? retryFailed(request, reply) : refuse(),
  )
  app.post(`${prefix}/api/*`, changing, refuse)
  app.put(`${prefix}/api/*`, changing, refuse)
  app.patch(`${prefix}/api/*`, changing, refuse)
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
