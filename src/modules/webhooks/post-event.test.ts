import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startWebhookReceiver, type WebhookReceiver } from '../../../test/fakes/webhook-receiver.ts'
import { type PostedEvent, postEvent } from './post-event.ts'

let receiver: WebhookReceiver
beforeAll(async () => {
  receiver = await startWebhookReceiver()
})
afterAll(() => receiver.close())
beforeEach(() => {
  receiver.received.length = 0
})

const post = (changes: Partial<PostedEvent> = {}) =>
  postEvent({
    url: `${receiver.url}/hook?a=b`,
    headers: { 'webhook-id': '1' },
    body: '{"héllo":1}',
    allowPrivate: true,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...changes,
  })

test('the body arrives byte for byte, with its headers', async () => {
  receiver.answer = (response) => response.writeHead(202).end('taken')
  expect(await post()).toEqual({ status: 202, body: 'taken' })
  const [received] = receiver.received
  expect(received).toMatchObject({ path: '/hook?a=b', body: '{"héllo":1}' })
  expect(received?.headers).toMatchObject({ 'webhook-id': '1', 'content-type': 'application/json' })
})

test('a redirect is an answer, and is not followed', async () => {
  receiver.answer = (response) => response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end()
  expect(await post()).toMatchObject({ status: 307 })
  expect(receiver.at('/elsewhere')).toEqual([])
})

test('of the answer 2 KiB are kept, as text that can be stored', async () => {
  receiver.answer = (response) => response.end(`a\0b${'é'.repeat(5_000)}`)
  const { body } = await post()
  expect(body).toMatch(/^abé+$/)
  expect(Buffer.byteLength(body)).toBeGreaterThan(2_000)
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(2_048)
})

test('an endless answer is left', async () => {
  const poured = new Promise<number>((resolve) => {
    receiver.answer = (response) => {
      let bytes = 0
      const pour = () => {
        do bytes += 16_384
        while (!response.destroyed && response.write(Buffer.alloc(16_384, 'x')))
      }
      response.on('drain', pour).once('close', () => resolve(bytes))
      pour()
    }
  })
  expect(await post()).toEqual({ status: 200, body: 'x'.repeat(2_048) })
  // What the sockets of both sides hold comes on top of the 64 KiB that are read.
  expect(await poured).toBeLessThan(32 * 1_048_576)
})

test('no answer in time, and none at all', async () => {
  receiver.answer = () => undefined
  await expect(post({ timeoutMs: 200 })).rejects.toMatchObject({ code: 'TIMED_OUT' })
  receiver.answer = (response) => response.destroy()
  await expect(post()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
})

test('a body that stalls after the head was sent does not take the answer back', async () => {
  receiver.answer = (response: ServerResponse) => void response.writeHead(200).write('half')
  expect(await post({ timeoutMs: 500 })).toEqual({ status: 200, body: 'half' })
})

test('who aborts gets his own reason', async () => {
  const abort = new AbortController()
  receiver.answer = () => abort.abort('cancelled')
  await expect(post({ signal: abort.signal })).rejects.toBe('cancelled')
})

test.each(['127.0.0.1', '127.1', '2130706433', 'localhost', '[::ffff:127.0.0.1]'])(
  'a receiver at %s is not connected to',
  async (host) => {
    const { port } = new URL(receiver.url)
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://${host}:${port}/`
      await expect(post({ url, allowPrivate: false })).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' })
    }
    expect(receiver.received).toEqual([])
  },
)

test('https is spoken where the URL says so', async () => {
  const url = receiver.url.replace('http:', 'https:')
  await expect(post({ url })).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  expect(receiver.received).toEqual([])
})
