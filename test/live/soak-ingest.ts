/**
 * 100,000 connections at the ingest port of a live process that do everything wrong, several hundred at a time, while a real
 * stream goes through it. At the end the process has to be the same, no larger than after the first tenth, with nothing left
 * open, and the stream has to be whole. What each connection does follows from the seed.
 *
 * Run with `npm run soak:ingest [-- --connections=100000 --crowd=500 --seed=1]`; it takes about five minutes. Linux only.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { besiege, residentMegabytesOf } from '../harness/ingest-siege.ts'
import { provideFlv } from '../harness/publisher.ts'
import { RtmpSink } from '../harness/rtmp-sink.ts'
import { startSiegedBacklot } from '../harness/sieged-backlot.ts'
import { startSteadyFeed } from '../harness/steady-feed.ts'
import { recordSession } from '../harness/wild-session.ts'

const longestRunMs = 8 * 60_000
const mostGrowthMegabytes = 20
const settleMs = 5_000
const wildProjects = 20

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '100000' },
    crowd: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 1e9)) },
  },
})
const [connections = 0, crowd = 0, seed = 0] = [values.connections, values.crowd, values.seed].map(Number)
if (![connections, crowd, seed].every((value) => Number.isInteger(value) && value > 0)) {
  throw new Error('--connections, --crowd and --seed: whole numbers from 1 on')
}
console.log(`${connections} connections, ${crowd} at a time, seed ${seed}`)

setTimeout(() => {
  console.error('The run takes too long')
  process.exit(1)
}, longestRunMs).unref()

await using opened = new AsyncDisposableStack()
const sink = opened.adopt(await RtmpSink.start(), (started) => started.stop())
const url = await sink.open()
const backlot = await startSiegedBacklot(opened, { url, wildProjects })
const film = await provideFlv({ seconds: 30 })
await startSteadyFeed(opened, {
  url: `rtmp://127.0.0.1:${backlot.port}/live/${backlot.steadyKey}`,
  file: film,
})
while ((await sink.stream('steady'))?.firstKeyFrameAtMs === undefined) {
  await new Promise((resolve) => setTimeout(resolve, 50))
}

const report = await besiege({
  ...{ port: backlot.port, pid: backlot.pid, connections, crowd, seed, sink, film, key: 'steady' },
  ...{ goodKeys: backlot.goodKeys, openStreams: backlot.openStreams, mostGrowthMegabytes, settleMs },
  recorded: await recordSession(),
  log: () => readFileSync(backlot.logFile, 'utf8'),
  onProgress: (done) => {
    if (done % 10_000 === 0) console.log(`${done}: ${residentMegabytesOf(backlot.pid).toFixed(1)} MB`)
  },
})
const { figures, faults, thrown, tookMs, bytesSent, endedByServer, refused } = report
for (const [name, count] of Object.entries(thrown).sort()) console.log(`${String(count).padStart(7)} ${name}`)
console.log(
  `${(tookMs / 1_000).toFixed(0)} s, ${(bytesSent / 1e6).toFixed(0)} MB sent, ` +
    `${endedByServer} ended by the server, ${refused} never came to stand`,
)
for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`)
const dropped = await backlot.droppedMessages()
console.log(`left out for the destination: ${dropped}`)
if (dropped !== 0) faults.push(`${dropped} messages were left out for the destination`)
if (!backlot.isRunning()) faults.push('the live process has ended')
const logged = readFileSync(backlot.logFile, 'utf8')
if ([backlot.steadyKey, ...backlot.goodKeys].some((key) => logged.includes(key)))
  faults.push('a stream key is in the log')
for (const fault of faults) console.log(`FAULT ${fault}`)
if (faults.length > 0) for (const line of await backlot.told()) console.log(line)
console.log(faults.length === 0 ? 'All held.' : `seed ${seed}`)
if (faults.length > 0) process.exitCode = 1
