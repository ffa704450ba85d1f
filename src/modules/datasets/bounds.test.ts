import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { removeLeftoverTables } from './maintenance.ts'

let data: DataApp
beforeAll(async () => {
  data = await startDataApp({ worker: true, env: { DATA_QUOTA_BYTES: String(20 * 1024 ** 2) } })
})
afterAll(() => data.backlot.close())

const longText = { name: 'text', type: 'pattern', options: { regex: '[a-z0-9]{1000}' } }

test('rows that come out longer than those that were looked at stop at the quota', async () => {
  // Every hundredth row is short, and those are looked at.
  const expression = "if(id % 100 = 1, '', concat(text, ''))"
  const copies = Array.from({ length: 12 }, (_, index) => ({
    name: `copy_${index}`,
    type: 'formula',
    options: { expression },
  }))
  const fields = [{ name: 'id', type: 'sequence' }, longText, ...copies]
  const { data: taken, status } = await data.post('generate', { count: 4_000, fields }, { prefer: 'wait=60' })
  expect(status).toBe(202)
  expect((await data.get(`jobs/${taken.jobId}`)).data).toMatchObject({
    status: 'failed',
    errorCode: 'QUOTA_EXCEEDED',
  })
  await expect.poll(() => removeLeftoverTables({ db: data.db }), { timeout: 10_000 }).toBe(0)
  expect(await data.show(taken.datasetId)).toMatchObject({ status: 'failed', rows: 0, bytes: 0 })
  expect(
    await data.query(
      `select 1 from pg_namespace where nspname = 'dataset_${taken.datasetId.replaceAll('-', '')}'`,
    ),
  ).toEqual([])
})

test.each([true, false])('a page of long rows ends early, and none is lost (stored: %s)', async (store) => {
  const fields = [
    { name: 'id', type: 'sequence' },
    ...Array.from({ length: 15 }, (_, index) => ({ ...longText, name: `text_${index}` })),
  ]
  const { datasetId } = await data.make({ count: 250, fields, store })
  const first = await data.rowsOf(datasetId, { limit: '100' })
  expect(first.json.data.length).toBeGreaterThan(10)
  expect(first.json.data.length).toBeLessThan(100)
  expect(first.text.length).toBeLessThan(2 * 1024 ** 2)
  const all = await data.allRows(datasetId, { limit: '100', ...(store ? { sort: '-id' } : {}) })
  const ids = all.map(({ id }) => Number(id))
  expect(ids).toEqual(Array.from({ length: 250 }, (_, index) => (store ? 250 - index : index + 1)))
})
