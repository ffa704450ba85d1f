/**
 * Lists and searches of a million posts: the real `api` process on a PostgreSQL that waits for the disk.
 *
 * 1. Pages of 20 by cursor: the first one, and the 10,000th. Target: the second within twice the first.
 * 2. The same in every order, and each filter, beside the first page of all.
 * 3. Searches for a rare, a middling, a common and a begun word.
 *
 * One request at a time, in turns, so that each is measured on the same machine as the others. Run with
 * `node bench/posts.ts [--posts=1000000]`; most of it is filling the table.
 */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { migrate } from '../src/platform/database/migrate.ts'
import { startTestServer } from '../test/harness/embedded-database.ts'
import { fillPosts, words } from '../test/harness/many-posts.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { startProcess, stopProcess } from './measured-process.ts'
import { median, percentile, printEnvironment, printTarget } from './report.ts'

const pageSize = 20
const deepPage = 10_000
const rounds = 60
const mostRatio = 2

const { values } = parseArgs({ options: { posts: { type: 'string', default: '1000000' } } })
const count = Number(values.posts)
// A third of the posts are no public ones.
if (!(count * 0.6 > pageSize * deepPage)) throw new Error('--posts: a number from 350,000 on')

await using opened = new AsyncDisposableStack()
const postgres = opened.adopt(await startTestServer({ durable: true }), (server) => server.stop())
const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
await migrate(postgres.url, false)
await printEnvironment(postgres.url)
const client = new pg.Client({ connectionString: postgres.url })
await client.connect()
opened.defer(() => client.end())
const startedAt = performance.now()
await fillPosts(client, count)
console.log(
  `${count.toLocaleString('en')} posts in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`,
)

const env = {
  DATABASE_URL: postgres.url,
  BACKLOT_DATA_DIR: dataDir,
  SECRET_KEY: randomBytes(32).toString('base64url'),
  PORT: '0',
  LOG_LEVEL: 'info',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
}
const api = opened.adopt(
  await startProcess('src/main.ts', ['api'], { env, logFile: path.join(dataDir, 'api.log') }),
  stopProcess,
)

const first = '?limit=20'
const deep = [
  await deepPages('-publishedAt', 'sort_at', 'desc'),
  await deepPages('createdAt', 'created_at', 'asc'),
  await deepPages('updatedAt', 'updated_at', 'asc'),
  await deepPages('title', 'title', 'asc'),
]
const ratios: number[] = []
for (const { sort, firstPage, farPage } of deep) {
  const times = await measure([firstPage, farPage])
  const ratio = median(times[1] ?? []) / median(times[0] ?? [])
  ratios.push(ratio)
  print(`first page by ${sort}`, times[0])
  print(`page ${deepPage.toLocaleString('en')} by ${sort}`, times[1], `ratio ${ratio.toFixed(2)}`)
}

const { rows } = await client.query<{ id: string }>('select author_id as id from posts limit 1')
const queries: [what: string, query: string][] = [
  ['first page of all', first],
  ['of one author', `${first}&author=${rows[0]?.id}`],
  ['with a tag of one in 1,000', `${first}&tag=tag8`],
  ['with a tag of every fifth', `${first}&tag=group3`],
  ['of one day', `${first}&from=2021-01-01T00:00:00Z&to=2021-01-02T00:00:00Z`],
  ['in German', `${first}&language=german`],
  ['at offset 10,000', `${first}&offset=10000`],
  ['with the total', `${first}&total=true`],
  [`search: one in 50,000`, `${first}&q=${words.rare}`],
  [`search: one in 100`, `${first}&q=${words.middling}`],
  [`search: every second`, `${first}&q=${words.common}`],
  [`search: a begun word`, `${first}&q=lighth`],
  [`search: a common word by date`, `${first}&q=${words.common}&sort=-publishedAt`],
]
console.log()
const times = await measure(queries.map(([, query]) => query))
for (const [at, [what]] of queries.entries()) print(what, times[at])
console.log()
for (const [at, ratio] of ratios.entries()) {
  printTarget(
    `page ${deepPage.toLocaleString('en')} against page 1 by ${deep[at]?.sort}: ${ratio.toFixed(2)}`,
    `${mostRatio}`,
    ratio <= mostRatio,
  )
}

/** Where the page starts is looked up: to walk there would be ten thousand requests. */
async function deepPages(sort: string, column: string, direction: string) {
  const found = await client.query<{ key: Date | string; id: string }>(
    `select ${column} as key, id from posts where status = 'published' and deleted_at is null
     order by ${column} ${direction}, id ${direction} offset ${pageSize * (deepPage - 1) - 1} limit 1`,
  )
  const { key, id } = found.rows[0] ?? { key: '', id: '' }
  const cursor = Buffer.from(JSON.stringify([sort, key, id])).toString('base64url')
  const firstPage = `${first}&sort=${sort}`
  return { sort, firstPage, farPage: `${firstPage}&cursor=${cursor}` }
}

/** Milliseconds of each request, by query. */
async function measure(all: string[]): Promise<number[][]> {
  const measured: number[][] = all.map(() => [])
  for (let round = -5; round < rounds; round += 1) {
    for (const [at, query] of all.entries()) {
      const begun = performance.now()
      const response = await fetch(`http://127.0.0.1:${api.port}/v1/posts${query}`)
      const text = await response.text()
      if (!response.ok) throw new Error(text)
      // The first rounds warm up.
      if (round >= 0) measured[at]?.push(performance.now() - begun)
    }
  }
  return measured
}

function print(what: string, ms: number[] = [], more = ''): void {
  const [half, most] = [median(ms), percentile(ms, 0.95)].map((value) => value.toFixed(1).padStart(7))
  console.log(`${what.padEnd(36)} median ${half} ms   p95 ${most} ms   ${more}`.trimEnd())
}
