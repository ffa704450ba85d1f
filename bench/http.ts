/**
 * Backlot over HTTP: the real `api` process on a PostgreSQL that waits for the disk, its log in a file, beside a bare
 * `node:http` server that answers with the same rows (`http/bare-server.ts` says what it leaves out). 1,000 users are
 * signed in; there are 20,000 posts of a kilobyte.
 *
 * - generations: reads of one, target 0.85 of the bare server. Then 1,000 connections that read and write, each two
 *   requests a second, target p95 below 100 ms and no failure; then the same without pauses, to see where it ends.
 * - get, list, search, create: posts, on 64 connections. Targets: 0.85 for reading one and for writing a draft, 1.0 for
 *   pages of 20 by cursor.
 * - mix: 90 % reads, 10 % writes of posts, on 64 connections without pauses, and on 1,000 as above.
 * - share: of what a client waits for, and of the CPU, how much is PostgreSQL.
 * - routing: reads of a process that knows a streaming replica, beside one that knows none.
 * - cache: a public post from the cache, beside the same from the database.
 * - processes: two `api` processes beside one.
 *
 * The load comes from a process of its own on the same machine, which all of them share. Run with
 * `node bench/http.ts [--only=get,list] [--profile=directory]`; all of it takes about five minutes. With `--profile`
 * each `api` process leaves a CPU profile there.
 */
import { parseArgs } from 'node:util'
import {
  compareCreate,
  compareGenerations,
  compareGet,
  compareList,
  compareMix,
  compareSearch,
} from './http/beside-bare.ts'
import { compareCached, compareProcesses, measureDatabaseShare } from './http/beside-itself.ts'
import { compareRouting } from './http/routing.ts'
import { openDatabase, openStage, type Stage } from './http/stage.ts'
import { printEnvironment } from './report.ts'

const parts: Record<string, (stage: Stage, nodeArgs: string[]) => Promise<void>> = {
  generations: compareGenerations,
  get: compareGet,
  list: compareList,
  search: compareSearch,
  create: compareCreate,
  mix: compareMix,
  share: measureDatabaseShare,
  cache: compareCached,
  processes: compareProcesses,
  routing: (_stage, nodeArgs) => compareRouting(nodeArgs),
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(parts).join() },
    profile: { type: 'string' },
  },
})
const chosen = values.only.split(',').map((name) => {
  const part = parts[name]
  if (part === undefined) throw new Error(`--only: some of ${Object.keys(parts).join()}`)
  return part
})
const nodeArgs = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]

await using opened = new AsyncDisposableStack()
const database = await openDatabase(opened)
await printEnvironment(database.url)
const stage = await openStage(opened, database, nodeArgs)
for (const part of chosen) await part(stage, nodeArgs)
