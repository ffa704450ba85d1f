import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createHttpServer } from '../http/http-server.ts'
import { originOf } from './request-origin.ts'

const ask = async (
  host: string,
  { publicUrl, trustProxy = false }: { publicUrl?: string; trustProxy?: false | string[] } = {},
) => {
  const app = createHttpServer({ log: pino({ level: 'silent' }), trustProxy, development: false })
  app.get('/v1/origin', (request) => ({ origin: originOf(request, publicUrl) }))
  const headers = { host, 'x-forwarded-host': 'forwarded.example', 'x-forwarded-proto': 'https' }
  const answer = await app.inject({ url: '/v1/origin', headers, remoteAddress: '10.0.0.1' })
  await app.close()
  return answer.json()
}

test.each(['localhost:4000', 'media.example', '127.0.0.1:80', '[::1]:4000'])(
  'the client asked %s',
  async (host) => {
    expect(await ask(host)).toEqual({ origin: `http://${host}` })
  },
)

test('the configured origin outweighs what the client says', async () => {
  expect(await ask('evil.example', { publicUrl: 'https://media.example' })).toEqual({
    origin: 'https://media.example',
  })
})

test('only a trusted proxy may say what was asked', async () => {
  expect(await ask('inner', { trustProxy: ['10.0.0.1'] })).toEqual({ origin: 'https://forwarded.example' })
  expect(await ask('inner', { trustProxy: ['10.0.0.2'] })).toEqual({ origin: 'http://inner' })
})

test.each(['evil.example/path', 'a b', 'user@evil.example', 'a:b:c', '"><script>'])(
  '%j is no host',
  async (host) => {
    expect(await ask(host)).toMatchObject({ error: { code: 'INVALID_HOST' } })
  },
)
