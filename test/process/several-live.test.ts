import { afterAll, beforeAll, expect, test } from 'vitest'
import { Show, startLiveProcess } from '../harness/live-app.ts'
import { publishTo } from '../harness/rtmp-clients.ts'
import type { SpawnedProcess } from '../harness/spawned-process.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

type LiveProcess = SpawnedProcess & { port: number }

const opened = new AsyncDisposableStack()
let backlot: TestApp
let first: LiveProcess
let second: LiveProcess

beforeAll(async () => {
  backlot = opened.adopt(await startTestApp(), (app) => app.close())
  const processes = await Promise.all([startLive(), startLive()])
  ;[first, second] = processes
})
afterAll(() => opened.disposeAsync())

const startLive = async (): Promise<LiveProcess> => {
  const live = await startLiveProcess(backlot, { RTMP_PORT: '0' })
  opened.defer(async () => {
    live.child.kill('SIGKILL')
    await live.exit
  })
  const port = Number(/"address":"rtmp:\/\/[^"]+:(\d+)\/live"/.exec(live.output())?.[1])
  return { ...live, port }
}

const openShow = async () => opened.adopt(await Show.open(backlot), (show) => show.close())

/** An encoder that tries until it is taken, as encoders do. */
const publish = async ({ port }: LiveProcess, { streamKey }: Show) => {
  const taken = Promise.withResolvers<ReturnType<typeof publishTo>>()
  const attempt = () => {
    const publisher = publishTo(port, { streamKey })
    void publisher.accepted.then(() => taken.resolve(publisher))
    void publisher.closed.then(() => setTimeout(attempt, 100))
  }
  attempt()
  const publisher = await taken.promise
  opened.defer(() => publisher.session.close())
  return publisher
}

test('two live processes of one machine share the work, and one takes over what another leaves', async () => {
  const [stays, moves] = [await openShow(), await openShow()]
  const other = await publish(second, stays)
  await publish(first, moves)
  const [before, others] = [await moves.until('stream.live'), await stays.until('stream.live')]
  expect(before.streamId).not.toBe(others.streamId)

  const killed = moves.now()
  first.child.kill('SIGKILL')
  await first.exit
  await publish(second, moves)
  const after = await moves.until('stream.live', { since: killed })
  expect(after).toMatchObject({ streamId: before.streamId, data: { resumed: true } })
  expect(other.told.closed).toEqual([])
  expect(stays.eventsOf('stream.reconnecting')).toEqual([])
  expect(await stays.stream()).toMatchObject({ id: others.streamId, status: 'live' })
})
