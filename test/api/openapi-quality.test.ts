import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ruleset, Spectral } from '@stoplight/spectral-core'
import owasp from '@stoplight/spectral-owasp-ruleset'
import rulesets from '@stoplight/spectral-rulesets'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readOperations } from '../harness/openapi-document.ts'
import { signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let backlot: TestApp
let text: string

beforeAll(async () => {
  backlot = await startTestApp({ worker: true })
  text = (await send(backlot.url, '/openapi.json')).text
})
afterAll(() => backlot.close())

/** A field that is called `headers` has those of something else than the answer. */
const isField = (path: string) => /\/(properties|example)\/.*headers$/.test(path)

test('Spectral finds no error, with the rules of OWASP', async () => {
  const spectral = new Spectral()
  spectral.setRuleset(new Ruleset({ extends: [rulesets.oas, owasp] }))
  const found = await spectral.run(JSON.parse(text))
  const errors = found
    .filter(({ severity }) => severity === 0)
    .map(({ code, message, path }) => ({ code, message, path: path.join('/') }))
    .filter(({ code, path }) => code !== 'owasp:api8:2023-define-cors-origin' || !isField(path))
  expect(errors).toEqual([])
}, 60_000)

test('Redocly finds nothing', async () => {
  // Two operations have no 2xx: a redirect to a cover, and the change to a WebSocket.
  const rules = { 'operation-2xx-response': 'off' as const }
  const config = await createConfig({ extends: ['recommended'], rules })
  const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config })
  const told = problems.map(({ ruleId, message, location }) => ({
    ruleId,
    message,
    at: location[0]?.pointer,
  }))
  // Redocly does not read `x-websocket-messages`, which names them.
  expect(told.filter(({ message }) => !/^Component: "Realtime\w+" is never used/.test(message))).toEqual([])
}, 60_000)

type Media = { schema?: unknown; example?: unknown }
type Content = Record<string, Media>
type Described = {
  parameters?: { name: string; required?: boolean; schema: unknown; example?: unknown }[]
  requestBody?: { content: Content }
  responses: Record<string, { content?: Content }>
}

test('every operation has examples, and each fits its schema', () => {
  const { paths, components } = JSON.parse(text)
  const resolved = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(schema), (_key, value) => {
      const name = typeof value?.$ref === 'string' ? value.$ref.split('/').at(-1) : undefined
      return name === undefined ? value : resolved(components.schemas[name])
    })
  const faults: string[] = []
  const check = (place: string, { schema, example }: Media) => {
    if (schema === undefined) return
    const parsed = z.fromJSONSchema(resolved(schema) as never).safeParse(example)
    if (!parsed.success) faults.push(`${place}: ${z.prettifyError(parsed.error)}`)
  }
  for (const [path, operations] of Object.entries<Record<string, Described>>(paths)) {
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(operations)) {
      const place = `${method} ${path}`
      for (const parameter of parameters)
        if (parameter.required) check(`${place} ${parameter.name}`, parameter)
      const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'))
      for (const content of [requestBody?.content, ...answers.map(([, answer]) => answer.content)])
        check(place, content?.['application/json'] ?? {})
    }
  }
  expect(faults).toEqual([])
})

test('the examples of bodies are understood by the operations that they are for', async () => {
  const admin = await signInAs(backlot, 'admin')
  const { paths } = JSON.parse(text)
  const faults: string[] = []
  for (const { method, path } of await readOperations(backlot.url)) {
    const operation: Described = paths[path][method.toLowerCase()]
    const example = operation.requestBody?.content['application/json']?.example
    if (example === undefined) continue
    const headers = { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' }
    const named = new Map(operation.parameters?.map(({ name, example: value }) => [name, String(value)]))
    const address = path.replaceAll(/\{(\w+)\}/g, (_whole, name) => encodeURIComponent(named.get(name) ?? ''))
    const answer = await send(backlot.url, address, { method, headers, body: JSON.stringify(example) })
    // That a link or a challenge does not work any more says that it was read.
    if (/"code":"(invalid_token|challenge_over)"/.test(answer.text)) continue
    if ([400, 415, 422].includes(answer.status) || answer.status >= 500)
      faults.push(`${method} ${path} ${JSON.stringify(example)}: ${answer.text}`)
  }
  expect(faults).toEqual([])
}, 60_000)
