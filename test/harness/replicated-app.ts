import { expect, vi } from 'vitest'
import { sessionCookie } from '../../src/modules/auth/session-cookie.ts'
import type { DatabaseServer } from './database-server.ts'
import { type ReplicatedDatabase, startReplicatedDatabase } from './replicated-database.ts'
import { send } from './send.ts'
import { startTestApp, type TestApp } from './test-app.ts'

type Options = {
  database?: Parameters<typeof startReplicatedDatabase>[0]
  /** Gives the address at which Backlot finds its primary, such as that of a proxy. */
  through?: (databaseUrl: string) => Promise<string>
  env?: Record<string, string>
  worker?: boolean
}

/** Backlot on a primary whose replicas it reads from. */
export const startReplicatedApp = async ({ database: options, env = {}, ...rest }: Options = {}) => {
  const database = await startReplicatedDatabase(options)
  try {
    const replication = { DATABASE_REPLICA_URLS: replicaUrls(database) }
    const backlot = await startTestApp({
      ...rest,
      database: database.primary,
      env: { ...replication, ...env },
    })
    await untilReplicas(
      backlot,
      database.replicas.map(() => 'up'),
    )
    return {
      database,
      backlot,
      close: async () => {
        await backlot.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

export type ReplicatedApp = Awaited<ReturnType<typeof startReplicatedApp>>

export const replicaUrls = ({ replicas }: Pick<ReplicatedDatabase, 'replicas'>): string =>
  replicas.map(({ url }) => url).join(',')

const changeOfStatus = { timeout: 5_000, interval: 20 }

type ReplicaStatus = 'up' | 'lagging' | 'down'

/** Waits until Backlot says that of its replicas, in their order. */
export const untilReplicas = (backlot: Pick<TestApp, 'url'>, wanted: ReplicaStatus[]): Promise<void> =>
  vi.waitFor(
    async () => expect((await replicaHealth(backlot)).map(({ status }) => status)).toEqual(wanted),
    changeOfStatus,
  )

/** What `/health/db` tells of the replicas. */
export const replicaHealth = async ({
  url,
}: Pick<TestApp, 'url'>): Promise<
  { name: string; status: ReplicaStatus; lagMs: number | null; message?: string }[]
> => (await send(url, '/health/db')).json.replicas ?? []

/** How often a server has looked into the posts. A server tells after a second, at the latest. */
export const postScans = (server: DatabaseServer): Promise<number> =>
  server.one<number>(`
    select (coalesce(seq_scan, 0) + coalesce(idx_scan, 0))::int from pg_stat_user_tables where relname = 'posts'`)

/** Somebody who is signed in, or comes with the cookie of a session. */
export type Who = { token: string } | { cookieOnly: string }

/** Nobody in particular any more. What is kept for everybody is not for who names a session, so each read is a real one. */
export const former: Who = { cookieOnly: `${sessionCookie}=ended` }

const credentials = (who: Who | undefined): Record<string, string> => {
  if (who === undefined) return {}
  return 'token' in who ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookieOnly }
}

type Request = { method?: string; body?: object; headers?: Record<string, string> }

/** What somebody, or nobody in particular, asks one of the API's processes over HTTP. */
export const visitor = ({ url }: Pick<TestApp, 'url'>, who?: Who) => {
  const ask = (path: string, { headers = {}, ...request }: Request = {}) =>
    send(url, path, { ...request, headers: { ...headers, ...credentials(who) } })
  return {
    ask,
    write: (post: object, headers: Record<string, string> = {}) =>
      ask('/v1/posts', { method: 'POST', body: { body: 'Words.', status: 'published', ...post }, headers }),
    retitle: (id: string, title: string) => ask(`/v1/posts/${id}`, { method: 'PATCH', body: { title } }),
    /** Undefined when there is no such post. */
    titleOf: async (id: string): Promise<string | undefined> => (await ask(`/v1/posts/${id}`)).data?.title,
    titles: async (): Promise<string[]> =>
      (await ask('/v1/posts?limit=100')).data.map(({ title }: { title: string }) => title),
  }
}
