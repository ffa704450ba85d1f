import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { type Pace, pacedChunks } from './paced-chunks.ts'

const sizeOf = async (body: Readable, pace?: Pace) => {
  let bytes = 0
  for await (const chunk of pacedChunks(body, pace)) bytes += chunk.byteLength
  return bytes
}

test('passes a body on whole', async () => {
  const body = Readable.from([Buffer.alloc(10), Buffer.alloc(20)], { objectMode: false })
  expect(await sizeOf(body)).toBe(30)
})

test('gives up a body that never comes, and leaves it open for the answer', async () => {
  const body = new PassThrough()
  await expect(sizeOf(body, { windowMs: 50, minBytes: 1 })).rejects.toMatchObject({ status: 408 })
  expect(body.destroyed).toBe(false)
})

test('gives up a body that trickles', async () => {
  const body = new PassThrough()
  const trickle = setInterval(() => body.write('x'), 5)
  try {
    const reading = sizeOf(body, { windowMs: 200, minBytes: 1_000 })
    await expect(reading).rejects.toMatchObject({ code: 'UPLOAD_TOO_SLOW' })
  } finally {
    clearInterval(trickle)
  }
})

test('keeps a body that is slow but fast enough through many windows', async () => {
  const body = new PassThrough()
  let sent = 0
  const sender = setInterval(() => {
    sent += 1
    if (sent > 40) body.end()
    else body.write('x'.repeat(100))
  }, 5)
  try {
    expect(await sizeOf(body, { windowMs: 40, minBytes: 100 })).toBe(4_000)
  } finally {
    clearInterval(sender)
  }
})

test('does not count the time that the reader takes', async () => {
  const body = Readable.from([Buffer.alloc(10), Buffer.alloc(10), Buffer.alloc(10)], { objectMode: false })
  let bytes = 0
  for await (const chunk of pacedChunks(body, { windowMs: 20, minBytes: 1_000 })) {
    bytes += chunk.byteLength
    const until = performance.now() + 30
    while (performance.now() < until);
  }
  expect(bytes).toBe(30)
})

test('tells a sender that went away', async () => {
  const body = new PassThrough()
  body.write('x')
  const reading = sizeOf(body)
  setImmediate(() => body.destroy(new Error('aborted')))
  await expect(reading).rejects.toMatchObject({ status: 400, code: 'UPLOAD_ABORTED' })
})
