import { once } from 'node:events'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drainConnections } from '../../src/platform/http/http-server.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let backlot: TestApp
beforeAll(async () => {
  backlot = await startTestApp()
})
afterAll(() => backlot.close())

const connect = async () => {
  const socket = net.connect(Number(new URL(backlot.url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

test('who has just connected when a server stops may still ask; who says nothing is let go', async () => {
  const [asks, idles] = [await connect(), await connect()]
  await expect.poll(() => countConnections()).toBe(2)
  const drained = drainConnections(backlot.app, 500)
  await expect(connect()).rejects.toThrow('ECONNREFUSED')
  asks.write('GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  expect(await text(asks)).toContain('{"status":"ok"}')
  expect(idles.readableEnded).toBe(false)
  expect(await text(idles)).toBe('')
  await drained
})

const countConnections = () =>
  new Promise<number>((resolve, reject) =>
    backlot.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
