import { afterAll, beforeAll, expect, test } from 'vitest'
import { besiege } from '../harness/ingest-siege.ts'
import { Show, startLiveProcess } from '../harness/live-app.ts'
import { addDestination, makeProject } from '../harness/live-streams.ts'
import { signInAs } from '../harness/people.ts'
import { provideFlv } from '../harness/publisher.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import type { SpawnedProcess } from '../harness/spawned-process.ts'
import { startSteadyFeed } from '../harness/steady-feed.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { recordSession } from '../harness/wild-session.ts'

/** Chosen anew each time, and printed when it fails. */
const seed = Number(process.env.FUZZ_SEED ?? Math.trunc(Math.random() * 1e9))
const connections = 1_500

const opened = new AsyncDisposableStack()
let backlot: TestApp
let sink: RtmpSink
let live: SpawnedProcess
let port: number

beforeAll(async () => {
  const env = { LIVE_STREAMS_PER_USER: '1000', LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true' }
  backlot = opened.adopt(await startTestApp({ env }), (app) => app.close())
  sink = opened.adopt(await RtmpSink.start(), (started) => started.stop())
  live = await startLiveProcess(backlot, { RTMP_PORT: '0', ...env })
  opened.defer(async () => {
    live.child.kill('SIGTERM')
    await live.exit
  })
  port = Number(/"address":"rtmp:\/\/[^"]*:(\d+)\/live"/.exec(live.output())?.[1])
})
afterAll(() => opened.disposeAsync())

test(`${connections} wild publishers leave no trace in the process and none in the stream`, {
  timeout: 120_000,
}, async () => {
  const owner = await signInAs(backlot, 'user')
  const url = await sink.open()
  const show = await Show.open(backlot, { owner, destinations: { sink: { url, streamKey: 'steady' } } })
  opened.defer(() => show.close())
  const goodKeys: string[] = []
  for (let at = 0; at < 8; at += 1) {
    const settings = { name: `Wild ${at}`, preview: false, reconnectWindowSeconds: 0 }
    const { projectId, streamKey } = await makeProject(backlot, owner, settings)
    await addDestination(backlot, owner, projectId, { platform: 'custom', url, streamKey: `wild-${at}` })
    goodKeys.push(streamKey)
  }
  const film = await provideFlv({ seconds: 30 })
  await startSteadyFeed(opened, { url: `rtmp://127.0.0.1:${port}/live/${show.streamKey}`, file: film })
  await show.until('destination.broadcasting')

  const report = await besiege({
    ...{
      port,
      connections,
      seed,
      crowd: 250,
      goodKeys,
      recorded: await recordSession(),
      sink,
      film,
      key: 'steady',
      pid: live.child.pid ?? 0,
    },
    log: live.output,
    openStreams: async () => {
      const { rows } = await backlot.platform.db.execute<{ count: number }>(
        'select count(*)::int as count from streams where ended_at is null',
      )
      return rows[0]?.count ?? 0
    },
    mostGrowthMegabytes: 64,
    settleMs: 1_500,
  })
  expect(report.faults, `seed ${seed}: ${JSON.stringify(report, null, 1)}`).toEqual([])
  expect(report.refused).toBeLessThan(connections / 100)
  expect(live.child.exitCode).toBeNull()
  for (const key of [...goodKeys, show.streamKey]) expect(live.output()).not.toContain(key)
})
