import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generate } from '../../client/generate.ts'
import { projectDir } from '../../src/app/project-dir.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let backlot: TestApp

beforeAll(async () => {
  backlot = await startTestApp()
})
afterAll(() => backlot.close())

/** `npm run client:generate` runs this test too, and lets it write what it expects. */
test('the client is what the API is; npm run client:generate makes it so', async () => {
  const { text, json } = await send(backlot.url, '/openapi.json')
  for (const [, name = ''] of text.matchAll(/"\$ref":"(#\/components\/schemas\/[^"]+)"/g)) {
    expect(Object.keys(json.components.schemas)).toContain(name.replace('#/components/schemas/', ''))
  }
  const files = await generate(json)
  expect(Object.keys(files)).toEqual(['schema.ts', 'operations.ts'])
  for (const [name, text] of Object.entries(files)) {
    await expect(text).toMatchFileSnapshot(path.join(projectDir, 'client/src/generated', name))
  }
})
