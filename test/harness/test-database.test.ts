import pg from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from './test-database.ts'

const tablesIn = async (url: string) => {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  )
  await client.end()
  return rows.map(({ name }) => name)
}

test('two test databases share the schema and no rows', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const client = new pg.Client(one.url)
  await client.connect()
  await client.query('CREATE TABLE only_here (id int)')
  await client.end()
  expect(await tablesIn(one.url)).toEqual([...(await tablesIn(other.url)), 'only_here'].sort())
  await one.drop()
  await other.drop()
  await expect(tablesIn(one.url)).rejects.toThrow('does not exist')
})
