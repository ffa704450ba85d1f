import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { startProcess, stopProcess } from '../../bench/measured-process.ts'
import { createBacklot } from '../../client/src/backlot.ts'
import { nodeFlags } from '../../src/app/node-flags.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { startTestServer } from './embedded-database.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

export type SiegedBacklot = {
  port: number
  pid: number
  logFile: string
  /** Of the project whose destination is `steady`. */
  steadyKey: string
  /** Of projects that wait for nobody who has left. */
  goodKeys: string[]
  isRunning: () => boolean
  openStreams: () => Promise<number>
  /** Of the destination `steady`. */
  droppedMessages: () => Promise<number>
  /** What was told of its stream and its destination, a line each. */
  told: () => Promise<string[]>
}

/** The roles `api` and `live` as processes of their own, with projects that all relay to the one address under keys of theirs. */
export const startSiegedBacklot = async (
  opened: AsyncDisposableStack,
  { url, wildProjects }: { url: string; wildProjects: number },
): Promise<SiegedBacklot> => {
  const postgres = opened.adopt(await startTestServer(), (server) => server.stop())
  const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
  await migrate(postgres.url, false)
  const env = {
    DATABASE_URL: postgres.url,
    BACKLOT_DATA_DIR: dataDir,
    SECRET_KEY: randomBytes(32).toString('base64url'),
    PORT: '0',
    RTMP_PORT: '0',
    LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true',
    LIVE_STREAMS_PER_USER: '1000',
  }
  const logFileOf = (role: string) => path.join(dataDir, `${role}.log`)
  const start = async (role: string) =>
    opened.adopt(
      await startProcess('src/main.ts', [role], {
        ...{ env, logFile: logFileOf(role), nodeArgs: nodeFlags[role] ?? [] },
      }),
      stopProcess,
    )
  const api = await start('api')
  const live = await start('live')
  const { signUp, projects } = createBacklot({ url: `http://127.0.0.1:${api.port}` })
  await signUp({ email: 'siege@example.com', password: 'seven green bottles' })
  const makeProject = async (name: string, reconnectWindowSeconds: number): Promise<string> => {
    const settings = { name, reconnectWindowSeconds, record: false, preview: false }
    const { id, streamKey } = await projects.create(settings)
    await projects.createDestination(id, { name, platform: 'custom', url, streamKey: name })
    return streamKey
  }
  const steadyKey = await makeProject('steady', 60)
  const goodKeys: string[] = []
  for (let at = 0; at < wildProjects; at += 1) goodKeys.push(await makeProject(`wild-${at}`, 0))
  const database = new pg.Pool({ connectionString: postgres.url, max: 1 })
  opened.defer(() => database.end())
  const numberOf = async (sql: string): Promise<number> =>
    Number((await database.query<{ number: string }>(sql)).rows[0]?.number)
  return {
    ...{ port: live.port, pid: live.pid, logFile: logFileOf('live'), steadyKey, goodKeys },
    isRunning: () => live.child.exitCode === null && live.child.signalCode === null,
    openStreams: () => numberOf('select count(*) as number from streams where ended_at is null'),
    droppedMessages: () =>
      numberOf(`select dropped_messages as number from destinations where name = 'steady'`),
    told: async () => {
      const { rows } = await database.query<{ line: string }>(
        `select event.created_at || ' ' || event.type || ' ' || event.data as line from live_events as event
         join projects on projects.id = event.project_id where projects.name = 'steady' order by event.seq limit 50`,
      )
      return rows.map(({ line }) => line)
    },
  }
}
