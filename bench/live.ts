/**
 * One feed of 6 Mbit/s to many destinations on the loopback: Backlot's role `live` beside what others relay with, each in turn
 * on the same machine in the same run.
 *
 * 1. What it costs with 1, 20 and 100 destinations: CPU of the whole relay, its most memory, what it adds to the way from the
 *    publisher to the destination, the longest that a destination waits. Targets with 100: 20 % of a core, 150 MB.
 * 2. How soon a destination that was away for two seconds has a frame that it can decode. Target: 1.5 s in 95 of 100.
 *
 * Run with `node bench/live.ts [--only=Backlot] [--destinations=1,20,100] [--seconds=8]`; it takes about four minutes.
 * The sinks, the publisher and the relay share the machine. Linux only.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { provideRtmpServer } from '../test/harness/rtmp-server.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { contestants, direct } from './live/contestants.ts'
import { prepareFeed } from './live/feed.ts'
import { measureRecovery, measureSteady, type Steady } from './live/measure.ts'
import { printFailure, printRecovery, printSteady, printSteadyHead } from './live/table.ts'
import { percentile, printTarget } from './report.ts'

const outages = 20
const longestRunMs = 6 * 60_000
const targets = { destinations: 100, cpuPercent: 20, megabytes: 150, recoveryMs: 1_500 }

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    destinations: { type: 'string', default: '1,20,100' },
    seconds: { type: 'string', default: '8' },
  },
})
const counts = values.destinations.split(',').map(Number)
const seconds = Number(values.seconds)
if (![...counts, seconds].every((value) => Number.isInteger(value) && value > 0)) {
  throw new Error('--destinations and --seconds: whole numbers from 1 on')
}
const chosen = contestants.filter(({ name }) => values.only === undefined || name.includes(values.only))
if (!(await provideRtmpServer())) process.exit(1)

setTimeout(() => {
  console.error('The run takes too long')
  process.exit(1)
}, longestRunMs).unref()

await using opened = new AsyncDisposableStack()
const directory = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
const [cpu] = os.cpus()
const load = os.loadavg()[0]?.toFixed(1)
console.log(
  `Node ${process.versions.node}, ${os.availableParallelism()} cores of ${cpu?.model.trim()}, load ${load}`,
)
const file = await prepareFeed(directory)

console.log(`\nOne feed, ${seconds} s each`)
printSteadyHead()
const base = await measureSteady(direct, { file, destinations: 1, seconds })
printSteady(direct.name, 1, base)
for (const destinations of counts) await measureAll(destinations)

console.log(`\nA destination is back after 2 s, ${outages} times`)
for (const contestant of chosen) {
  try {
    const recovery = await measureRecovery(contestant, { file, outages })
    printRecovery(contestant.name, recovery)
    if (contestant.name !== 'Backlot') continue
    const p95 = percentile(recovery.tookMs, 0.95)
    const what = `back in ${(p95 / 1_000).toFixed(2)} s`
    printTarget(what, 'p95 of 1.5 s or less', p95 <= targets.recoveryMs && recovery.notBack === 0)
  } catch (error) {
    printFailure(contestant.name, 'recovery', error)
  }
}
console.log(`load ${os.loadavg()[0]?.toFixed(1)} at the end, this run included`)

async function measureAll(destinations: number): Promise<void> {
  for (const contestant of chosen) {
    if (destinations > contestant.mostDestinations) continue
    try {
      const steady = await measureSteady(contestant, { file, destinations, seconds })
      printSteady(contestant.name, destinations, steady, base)
      if (contestant.name === 'Backlot' && destinations === targets.destinations) printTargets(steady)
    } catch (error) {
      printFailure(contestant.name, `${destinations} destinations`, error)
    }
  }
}

function printTargets({ cpuPercent, peakMegabytes }: Steady): void {
  printTarget(`${cpuPercent.toFixed(1)} % of a core`, '20 % or less', cpuPercent <= targets.cpuPercent)
  printTarget(`${peakMegabytes.toFixed(0)} MB`, '150 MB or less', peakMegabytes <= targets.megabytes)
}
