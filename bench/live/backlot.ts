import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { nodeFlags } from '../../src/app/node-flags.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { startTestServer } from '../../test/harness/embedded-database.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../../test/harness/temporary-directory.ts'
import { startProcess, stopProcess } from '../measured-process.ts'

const mostDestinations = '1000'

/**
 * The roles `api` and `live` as processes of their own on a PostgreSQL that waits for the disk, and a project that relays to
 * the destinations, without recording and preview. `ingest` ends with its stream key.
 */
export const startBacklot = async (
  opened: AsyncDisposableStack,
  destinations: string[],
): Promise<{ ingest: string; livePid: number }> => {
  const postgres = opened.adopt(await startTestServer({ durable: true }), (server) => server.stop())
  const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
  await migrate(postgres.url, false)
  const env = {
    DATABASE_URL: postgres.url,
    BACKLOT_DATA_DIR: dataDir,
    SECRET_KEY: randomBytes(32).toString('base64url'),
    PORT: '0',
    RTMP_PORT: '0',
    LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true',
    LIVE_DESTINATIONS_PER_PROJECT: mostDestinations,
  }
  const start = async (role: string) =>
    opened.adopt(
      await startProcess('src/main.ts', [role], {
        env,
        logFile: path.join(dataDir, `${role}.log`),
        nodeArgs: nodeFlags[role] ?? [],
      }),
      stopProcess,
    )
  const api = await start('api')
  const live = await start('live')
  const streamKey = await makeProject(`http://127.0.0.1:${api.port}/v1`, destinations)
  return { ingest: `rtmp://127.0.0.1:${live.port}/live/${streamKey}`, livePid: live.pid }
}

/** Answers the project's stream key. */
const makeProject = async (origin: string, destinations: string[]): Promise<string> => {
  const account = { email: 'bench@example.com', password: 'seven green bottles' }
  const { accessToken } = await post(`${origin}/auth/signup`, account)
  const settings = { name: 'Bench', record: false, preview: false }
  const { id, streamKey = '' } = await post(`${origin}/projects`, settings, accessToken)
  for (const [at, destination] of destinations.entries()) {
    const slash = destination.lastIndexOf('/')
    const body = {
      name: `Destination ${at}`,
      platform: 'custom',
      url: destination.slice(0, slash),
      streamKey: destination.slice(slash + 1),
    }
    await post(`${origin}/projects/${id}/destinations`, body, accessToken)
  }
  return streamKey
}

const post = async (url: string, body: object, token?: string): Promise<Record<string, string>> => {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`)
  return ((await response.json()) as { data: Record<string, string> }).data
}
