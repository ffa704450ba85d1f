import { z } from 'zod'
import type { App } from '../../platform/http/http-server.ts'
import type { Checks, Health } from './health.service.ts'

const tags = ['operations']
const status = z.enum(['ok', 'degraded', 'down'])
const check = z.object({
  status,
  latency: z.number().optional().describe('Milliseconds.'),
  message: z.string().optional(),
})
const checks = z.object({
  database: check,
  queue: check.extend({
    pendingJobs: z.int().optional(),
    workers: z.int().optional(),
    queuesWithoutWorker: z.array(z.string()).optional().describe('Their jobs wait.'),
    stuckQueues: z
      .array(z.string())
      .optional()
      .describe('A worker serves them, jobs have been due for 15 s, and none runs or has ended meanwhile.'),
  }),
  storage: check.extend({ freeBytes: z.number().optional() }),
  live: check.extend({ processes: z.int().optional(), streams: z.int().optional() }),
  backup: check
    .extend({ ageSeconds: z.int().optional().describe('Of the newest proved backup.') })
    .optional()
    .describe('Where backups are scheduled. Does not count for the status of the whole.'),
})
const healthSchema = z.object({
  status,
  checks,
  version: z.string(),
  uptime: z.number().describe('Seconds.'),
})
const serviceSchema = z.object({
  service: z.string(),
  version: z.string(),
  status,
  database: status,
  queue: status,
  docs: z.string(),
})
const pool = z.object({ total: z.int(), idle: z.int(), waiting: z.int() })
const breaker = z.enum(['closed', 'open'])
const replica = z.object({
  name: z.string().describe('Which of DATABASE_REPLICA_URLS, the first being replica-1.'),
  status: z.enum(['up', 'lagging', 'down']).describe('Only one that is up is read from.'),
  lagMs: z.int().nullable().describe('How old the state is that it shows; null while that is not known.'),
  message: z.string().optional().describe('Why it is down.'),
  replayedLsn: z.string().nullable().describe('How far it has replayed the WAL.'),
  breaker,
  pool,
})
const databaseSchema = check.extend({
  primary: z.object({ breaker, pool }),
  replicas: z.array(replica).describe('Empty without DATABASE_REPLICA_URLS.'),
})
const probe = z.object({ status })

/** Public and unversioned, for people, load balancers and orchestrators. */
export const healthRoutes = (health: Health) => async (app: App) => {
  overviewRoutes(health, app)
  probeRoutes(health, app)
}

const overviewRoutes = (health: Health, app: App) => {
  app.get(
    '/',
    {
      schema: {
        tags,
        summary: 'What this service is, and how it is',
        description: 'Always a 200: `status` is that of the worst check.',
        response: { 200: serviceSchema },
      },
    },
    async () => {
      const found = await health.checks()
      return {
        service: 'backlot',
        version: health.version,
        status: worst(found),
        database: found.database.status,
        queue: found.queue.status,
        docs: '/docs',
      }
    },
  )

  app.get(
    '/health',
    {
      schema: {
        tags,
        summary: 'Everything in one answer',
        description: '503 when a check is `down`. The checks run once a second at most, however many ask.',
        response: { 200: healthSchema, 503: healthSchema },
      },
    },
    async (_request, reply) => {
      const body = await answer(health)
      return reply.status(body.status === 'down' ? 503 : 200).send(body)
    },
  )

  app.get(
    '/health/db',
    {
      schema: {
        tags,
        summary: 'The database and its pools',
        description: 'The primary and each replica: breaker, pool and lag. 503 when the database is down.',
        response: { 200: databaseSchema, 503: databaseSchema },
      },
    },
    async (_request, reply) => {
      const { database } = await health.checks()
      return reply.status(database.status === 'down' ? 503 : 200).send({ ...database, ...health.pools() })
    },
  )
}

const probeRoutes = (health: Health, app: App) => {
  app.get(
    '/health/live',
    {
      schema: {
        tags,
        summary: 'Whether the process runs',
        description: 'Looks at nothing else: to restart a process does not bring its database back.',
        response: { 200: probe },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/health/ready',
    {
      schema: {
        tags,
        summary: 'Whether it can serve requests',
        description:
          '503 while the database is down, the migrations of this version have not run, or the process is ' +
          'about to stop.',
        response: { 200: healthSchema, 503: healthSchema },
      },
    },
    async (_request, reply) => {
      const body = await answer(health)
      const ready = await health.ready()
      return reply.status(ready ? 200 : 503).send(ready ? body : { ...body, status: 'down' })
    },
  )

  app.get(
    '/health/startup',
    { schema: { tags, summary: 'Whether the migrations have run', response: { 200: probe, 503: probe } } },
    async (_request, reply) => {
      const started = await health.started()
      return reply.status(started ? 200 : 503).send({ status: started ? 'ok' : 'down' })
    },
  )
}

const answer = async (health: Health) => {
  const found = await health.checks()
  return {
    status: worst(found),
    checks: found,
    version: health.version,
    uptime: Math.round(process.uptime()),
  }
}

const worst = ({ database, queue, storage }: Checks): 'ok' | 'degraded' | 'down' => {
  const found = [database.status, queue.status, storage.status]
  if (found.includes('down')) return 'down'
  return found.includes('degraded') ? 'degraded' : 'ok'
}
