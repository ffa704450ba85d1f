import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { password, type SignedIn, signInAs } from '../harness/people.ts'
import {
  former,
  postScans,
  type ReplicatedApp,
  replicaUrls,
  startReplicatedApp,
  untilReplicas,
  visitor,
  type Who,
} from '../harness/replicated-app.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'

type Process = { url: string }

const main = path.join(import.meta.dirname, '../../src/main.ts')
/** Far longer than it takes to write, answer and ask again: whoever reads at once from the replica is behind. */
const replayDelay = '100ms'

let system: ReplicatedApp
let second: SpawnedProcess
let processes: [Process, Process]
let ada: SignedIn
let elsewhere: Who
let ben: SignedIn
let manager: SignedIn

beforeAll(async () => {
  system = await startReplicatedApp({
    database: { replicaSettings: { recovery_min_apply_delay: replayDelay } },
  })
  const { backlot, database } = system
  second = spawnNode([main, 'api'], {
    BACKLOT_DATA_DIR: backlot.dataDir,
    DATABASE_URL: database.primary.url,
    DATABASE_REPLICA_URLS: replicaUrls(database),
    PORT: '0',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_IDENTITY_PER_MINUTE: '1000000',
  })
  const [, url = ''] = await second.until(/"address":"(http:[^"]+)"/)
  processes = [backlot, { url }]
  ada = await signInAs(backlot, 'user')
  ben = await signInAs(backlot, 'user')
  manager = await signInAs(backlot, 'manager')
  const login = { method: 'POST', body: { email: ada.email, password } }
  const { data } = await visitor({ url }).ask('/v1/auth/login', login)
  elsewhere = { token: data.accessToken }
})
afterAll(async () => {
  second?.child.kill('SIGKILL')
  await system?.close()
})

/** Whatever became of the test. */
afterEach(() => replica().resumeReplay())

const replica = () => system.database.replicas[0] ?? expect.fail('there is no replica')
/** Both processes hear of it within a quarter of a second. */
const allUp = async () => {
  await system.database.caughtUp()
  for (const process of processes) await untilReplicas(process, ['up'])
}

test('a writer finds what he wrote at once, in every session and process; others when the replica has it', async () => {
  const [here, there] = processes
  const { data } = await visitor(here, ada).write({ title: 'Old' })
  await allUp()
  await replica().pauseReplay()
  expect((await visitor(here, ada).retitle(data.id, 'New')).status).toBe(200)
  for (const process of processes) {
    for (const session of [ada, elsewhere]) {
      const writer = visitor(process, session)
      expect(await writer.titleOf(data.id)).toBe('New')
      expect(await writer.titles()).toContain('New')
    }
    for (const other of [ben, former]) expect(await visitor(process, other).titleOf(data.id)).toBe('Old')
  }
  const draft = await visitor(there, elsewhere).write({ title: 'Draft', status: 'draft' })
  expect(await visitor(here, ada).titleOf(draft.data.id)).toBe('Draft')

  await replica().resumeReplay()
  for (const process of processes)
    for (const anyone of [ada, elsewhere, ben, former, undefined])
      await expect.poll(() => visitor(process, anyone).titleOf(data.id)).toBe('New')
})

test('once the replica has what he wrote, the writer reads there again', async () => {
  const [here] = processes
  const writer = visitor(here, ada)
  const { data } = await writer.write({ title: 'Old' })
  await allUp()
  const before = await postScans(replica())
  await replica().pauseReplay()
  expect((await visitor(here, manager).retitle(data.id, 'New')).status).toBe(200)
  await expect.poll(() => writer.titleOf(data.id)).toBe('Old')
  expect(await visitor(here, manager).titleOf(data.id), 'the one who changed it').toBe('New')
  for (let n = 0; n < 10; n += 1) expect(await writer.titleOf(data.id)).toBe('Old')
  // A connection that idles tells what it has counted after ten seconds.
  await expect.poll(() => postScans(replica()), { timeout: 15_000 }).toBeGreaterThanOrEqual(before + 10)
})

test('who just signed up finds himself, in both processes', async () => {
  await allUp()
  await replica().pauseReplay()
  const newcomer = { email: 'newcomer@example.com', password }
  const { data } = await visitor(processes[0]).ask('/v1/auth/signup', { method: 'POST', body: newcomer })
  for (const process of processes) {
    const { status } = await visitor(process, { token: data.accessToken }).ask(`/v1/users/${data.user.id}`)
    expect(status).toBe(200)
  }
})

test('200 times written through one process and read through the other, never too old', async () => {
  const rounds = 200
  const { data } = await visitor(processes[0], ada).write({ title: 'Round 0' })
  const seen: (string | undefined)[] = []
  const wanted: string[] = []
  let othersBehind = 0
  for (let round = 1; round <= rounds; round += 1) {
    const title = `Round ${round}`
    const [writes, reads] = round % 2 === 0 ? processes : [processes[1], processes[0]]
    expect((await visitor(writes, ada).retitle(data.id, title)).status).toBe(200)
    // At the same time, so that one statement may be made of both reads.
    const [own] = await Promise.all([elsewhere, ben].map((who) => visitor(reads, who).titleOf(data.id)))
    seen.push(own)
    wanted.push(title)
    if ((await visitor(reads, ben).titleOf(data.id)) !== title) othersBehind += 1
  }
  expect(seen).toEqual(wanted)
  expect(othersBehind, 'the replica was behind').toBeGreaterThan(rounds / 2)
})
