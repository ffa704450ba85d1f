import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { scansOf } from '../../../test/harness/scans.ts'
import { type Statement, statementsOf } from '../../../test/harness/statements.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

const count = 50_000

let backlot: TestApp
let client: pg.Client
let callers: Record<string, Person>

beforeAll(async () => {
  backlot = await startTestApp()
  client = new pg.Client({ connectionString: backlot.databaseUrl })
  await client.connect()
  await client.query(insertion, [count])
  await client.query('vacuum analyze users')
  callers = { user: await signInAs(backlot, 'user'), manager: await signInAs(backlot, 'manager') }
}, 120_000)
afterAll(async () => {
  await client?.end()
  await backlot?.close()
})

/** Every tenth without a name, every hundredth disabled, every thousandth an admin. */
const insertion = `
  insert into users (email, name, role, disabled_at)
  select 'person-' || n || '@' || case when n % 500 = 0 then 'rarely' else 'often' end || '.example',
    case when n % 10 > 0 then initcap(substr(md5(n::text), 1, 7)) || ' Müller' end,
    case when n % 1000 = 0 then 'admin' else 'user' end, case when n % 100 = 0 then now() end
  from generate_series(1, $1::int) as n`

const filters: Record<string, Record<string, string>> = {
  nothing: {},
  'a role that few have': { role: 'admin' },
  'a role that all have': { role: 'user' },
  disabled: { disabled: 'true' },
  enabled: { disabled: 'false' },
  'role and disabled': { role: 'user', disabled: 'true' },
  'a part that one has': { q: 'RSON-4711@' },
  'a part that few have': { q: 'rarely' },
  'a part that all have': { q: 'person' },
  'a part of names': { q: 'müller' },
  'a part that nobody has': { q: 'nobody' },
  'two letters': { q: 'ül' },
  'a part and filters': { q: 'rarely', role: 'admin', disabled: 'true' },
}
const sorts = ['-createdAt', 'createdAt', 'name', '-name', 'email', '-email']

const list = async (who: string, query: Record<string, string>) => {
  const answer = await call(backlot, callers[who], 'GET', `/v1/users?${new URLSearchParams(query)}`)
  expect(answer.status).toBe(200)
  return answer.json
}

const readsOf = async (who: string, query: Record<string, string>): Promise<Statement[]> => {
  const statements = await statementsOf(() => list(who, query))
  return statements.filter(({ text }) => text.includes('"users"'))
}

test.each(Object.keys(filters).flatMap((name) => ['user', 'manager'].map((who) => [name, who] as const)))(
  'by %s for a %s: an index in every order, on the first page and behind a cursor',
  async (name, who) => {
    const filter = filters[name] ?? {}
    for (const sort of sorts) {
      const { nextCursor } = (await list(who, { ...filter, sort, limit: '2' })).page
      for (const query of [
        { ...filter, sort },
        ...(nextCursor ? [{ ...filter, sort, cursor: nextCursor }] : []),
      ]) {
        const statements = await readsOf(who, query)
        expect(statements).toHaveLength(1)
        for (const statement of statements) {
          const scans = await scansOf(client, statement)
          expect(scans.length, statement.text).toBeGreaterThan(0)
          expect(
            scans.filter((scan) => /^Seq Scan/.test(scan)),
            statement.text,
          ).toEqual([])
        }
      }
    }
  },
)

test.each(['RSON-4711@', 'nobody'])('to find and to count "%s" takes the index of trigrams', async (q) => {
  const statements = await readsOf('manager', { q, total: 'true' })
  expect(statements).toHaveLength(2)
  for (const statement of statements)
    expect(await scansOf(client, statement)).toContain('Index Scan on users_search')
})
