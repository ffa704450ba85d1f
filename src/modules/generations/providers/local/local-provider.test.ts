import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import type { GenerateOptions, ImageProvider, ImageRequest } from '../provider.ts'
import { createLocalProvider, type LocalProviderOptions } from './local-provider.ts'
import { render } from './render.ts'

const flowers = readFileSync(new URL('../../../../../test/fixtures/flowers.jpg', import.meta.url))
const request: ImageRequest = {
  prompt: 'a garden',
  style: 'oil-painting',
  seed: 5,
  strength: 1,
  size: { width: 320, height: 240 },
  image: flowers,
  idempotencyKey: 'generation-1',
}
/** Takes long enough to be stopped on its way. */
const slow: ImageRequest = { ...request, size: { width: 2048, height: 2048 } }
const calm = (): GenerateOptions => ({ signal: new AbortController().signal, progress: () => {} })

/** Every thread that this process starts, and whether it has ended. */
const threads: { ended: boolean }[] = []
const watch = (message: unknown) => {
  const { worker } = message as { worker: Worker }
  const thread = { ended: false }
  threads.push(thread)
  worker.once('exit', () => {
    thread.ended = true
  })
}

let provider: ImageProvider | undefined
function open(options: LocalProviderOptions = {}): ImageProvider {
  threads.length = 0
  subscribe('worker_threads', watch)
  provider = createLocalProvider(options)
  return provider
}

afterEach(async () => {
  await provider?.close()
  unsubscribe('worker_threads', watch)
})

describe('the local provider', () => {
  it('renders on a thread what render() renders, and leaves the event loop free', async () => {
    const { generate, label } = open()
    const steps: [number, string][] = []
    let turns = 0
    let done = false
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    count()
    const result = await generate(request, { ...calm(), progress: (...step) => steps.push(step) })
    done = true
    const { image, prompt, style, seed, strength, size } = request
    const { data } = await render({ image, prompt, style, seed, strength, size }, () => {})
    expect(result).toMatchObject({ contentType: 'image/jpeg', width: 320, height: 240, provider: 'local' })
    expect(result.data.equals(data)).toBe(true)
    expect(label).toBe('Filters, not AI')
    expect(turns).toBeGreaterThan(100)
    expect(steps.map(([fraction]) => fraction)).toEqual([0.05, 0.3, 0.85])
    expect(flowers.length).toBe(85_267)
  })

  it('ends the thread of a cancelled picture before it rejects, and goes on', async () => {
    const { generate } = open({ threads: 1 })
    const cancel = new AbortController()
    const cancelled = generate(slow, {
      signal: cancel.signal,
      progress: (fraction) => fraction === 0.3 && cancel.abort(new Error('cancelled by its owner')),
    })
    const waiting = generate(request, calm())
    await expect(cancelled).rejects.toThrow('cancelled by its owner')
    expect(threads[0]).toEqual({ ended: true })
    expect(await waiting).toMatchObject({ width: 320 })
    expect(threads).toHaveLength(2)
  })

  it('starts nothing for a signal that has aborted', async () => {
    const { generate } = open()
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(generate(request, { ...calm(), signal })).rejects.toThrow('too late')
    expect(threads).toHaveLength(0)
  })

  it('ends a thread that takes too long', async () => {
    const { generate } = open({ renderTimeoutMs: 1 })
    await expect(generate(slow, calm())).rejects.toMatchObject({ kind: 'retryable', code: 'RENDER_TIMEOUT' })
  })

  it('refuses what is no picture for good', async () => {
    const { generate } = open()
    const broken = { ...request, image: flowers.subarray(0, 50_000) }
    await expect(generate(broken, calm())).rejects.toMatchObject({
      kind: 'permanent',
      code: 'IMAGE_TRUNCATED',
    })
    const text = { ...request, image: Buffer.from('not a picture') }
    await expect(generate(text, calm())).rejects.toMatchObject({
      kind: 'permanent',
      code: 'IMAGE_UNREADABLE',
    })
  })

  it('turns callers away when too many wait', async () => {
    const { generate } = open({ threads: 1, maxWaiting: 1 })
    const accepted = [generate(request, calm()), generate(request, calm())]
    await expect(generate(request, calm())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'PROVIDER_BUSY',
    })
    await Promise.all(accepted)
    expect(threads).toHaveLength(1)
  })

  it('ends everything when it closes', async () => {
    const { generate, close } = open({ threads: 1 })
    const started = Promise.withResolvers<void>()
    const running = generate(slow, { ...calm(), progress: () => started.resolve() })
    const waiting = generate(request, calm())
    const outcomes = Promise.allSettled([running, waiting])
    await started.promise
    await close()
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { kind: 'retryable', code: 'PROVIDER_CLOSED' },
      })
    }
    expect(threads).toEqual([{ ended: true }])
    await expect(generate(request, calm())).rejects.toMatchObject({ code: 'PROVIDER_CLOSED' })
  })
})
