/**
 * Fails the primary of a real Patroni cluster under load and says what clients saw. Without containers, on one Debian machine: etcd,
 * two members with PostgreSQL, HAProxy and two `api` processes of Backlot, with the configuration files of `deploy/ha`.
 *
 * `npm run ha:demo -- [--kills=5] [--writers=64] [--no-control]`. Ends with 1 when a target is missed; docs/high-availability.md says
 * what is measured.
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { forcedExitCode, onShutdownSignals, type ShutdownSignal } from '../../../src/app/shutdown-signals.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { Backlot, signUpUsers } from './backlot.ts'
import { Cluster } from './cluster.ts'
import { loseWrites } from './control.ts'
import { type Kill, killPrimary } from './kills.ts'
import { startLoad, stopLoad } from './load.ts'
import { providePrograms } from './programs.ts'
import { printControl, printHead, printKill, printVerdict } from './report.ts'
import { compareWithStored } from './stored-writes.ts'

const apiProcesses = 2
const readers = 16
const users = 16

/** EX_USAGE of BSD's sysexits.h. */
const usageExitCode = 64

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '5' },
    writers: { type: 'string', default: '64' },
    control: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const within = (name: 'kills' | 'writers', most: number): number => {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  console.error(`--${name}: must be a number from 1 to ${most}`)
  process.exit(usageExitCode)
}

const kills = within('kills', 20)
const writers = within('writers', 256)

const demonstrate = async (directory: string, postgresPrograms: string): Promise<void> => {
  const startedAt = performance.now()
  const say = (text: string) =>
    console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}`)

  await using opened = new AsyncDisposableStack()
  say(`starting etcd, two members and HAProxy on ${os.availableParallelism()} cores, ${postgresPrograms}`)
  const cluster = opened.adopt(await Cluster.start(directory, postgresPrograms), (it) => it.close())
  say('the standby is synchronous; migrating, and starting Backlot')
  const backlot = opened.adopt(
    await Backlot.start(
      directory,
      { primaryUrl: cluster.primaryUrl, replicasUrl: cluster.replicasUrl },
      apiProcesses,
    ),
    (it) => it.close(),
  )
  const tokens = await signUpUsers(backlot.origins[0] ?? '', users)
  const load = await startLoad(cluster, backlot, { tokens, writers, readers })
  say(`${writers} writers, ${readers} readers; the primary is killed ${kills} times\n`)

  const done: Kill[] = []
  printHead()
  for (let number = 1; number <= kills; number += 1) {
    const kill = await killPrimary(cluster, load)
    printKill(number, kill)
    done.push(kill)
  }
  await stopLoad(load)
  const stored = await compareWithStored(cluster.urlOf(await cluster.leader()), load.writers.acknowledged)
  printVerdict(done, load, stored, backlot.isUnbroken)
  if (values.control) printControl(await loseWrites(cluster, backlot, { tokens, writers }))
  console.log(`\n${((performance.now() - startedAt) / 1_000).toFixed(0)} s in all`)
}

const directory = makeTemporaryDirectory()
let isKept = false
process.once('exit', () => {
  if (!isKept) removeTemporaryDirectory(directory)
})
// What was started dies with this process, whatever it is just doing; nothing here is worth an orderly end.
const end = (signal: ShutdownSignal) => process.exit(forcedExitCode(signal))
onShutdownSignals({ first: end, second: end })

const postgresPrograms = await providePrograms()
if (postgresPrograms === undefined) process.exit(1)
try {
  await demonstrate(directory, postgresPrograms)
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
if (process.exitCode === 1) {
  isKept = true
  console.error(`Logs are in ${directory}`)
}
// Clients of a run that failed would go on.
process.exit()
