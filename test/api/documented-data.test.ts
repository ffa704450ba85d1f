import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fieldTypes } from '../../src/modules/datasets/generator/field-types.ts'
import { call, type Person, signUp } from '../harness/client.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const manual = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8')
const schemas = [...manual.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text)

let app: TestApp
let ada: Person
beforeAll(async () => {
  app = await startTestApp()
  ada = await signUp(app)
})
afterAll(() => app.close())

test('the manual has schemas', () => expect(schemas.length).toBeGreaterThan(2))

test.each(schemas)('%s works as the manual has it', async (text) => {
  const { status, data } = await call(app, ada, 'POST', '/v1/generate/preview', { body: JSON.parse(text) })
  expect(status).toBe(200)
  for (const { columns, rows } of data.tables) {
    expect(rows).toHaveLength(100)
    expect(Object.keys(rows[0])).toEqual(columns.map(({ name }: { name: string }) => name))
  }
})

test('the example of every type that stands for itself makes a preview', async () => {
  const { data: types } = await call(app, ada, 'GET', '/v1/generate/types')
  expect(types).toHaveLength(fieldTypes.size)
  expect(types.length).toBeGreaterThanOrEqual(60)
  const alone = types.filter(
    ({ name }: { name: string }) => !['reference', 'lookup', 'template', 'formula'].includes(name),
  )
  for (let first = 0; first < alone.length; first += 50) {
    const fields = alone.slice(first, first + 50).map(({ example }: { example: object }) => example)
    const { status, text } = await call(app, ada, 'POST', '/v1/generate/preview', {
      body: { count: 3, fields },
    })
    expect(status, text).toBe(200)
  }
})

test('the manual names every type', () => {
  const named = [...manual.matchAll(/^\| [a-z ]+ \| (`\w+`(?: `\w+`)*) \|$/gm)]
    .flatMap(([, names = '']) => names.split(' '))
    .map((name) => name.replaceAll('`', ''))
  expect(named.toSorted()).toEqual([...fieldTypes.keys()].toSorted())
})
