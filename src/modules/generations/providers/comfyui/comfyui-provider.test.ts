import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type ComfyUiServer, startComfyUiServer } from '../../../../../test/fakes/comfyui-server.ts'
import { colourOf } from '../../../../../test/fakes/painted-picture.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../../test/harness/temporary-directory.ts'
import type { GenerateOptions, ImageProvider, ImageRequest } from '../provider.ts'
import { type ComfyUiProviderOptions, createComfyUiProvider } from './comfyui-provider.ts'

const photo = readFileSync(
  new URL('../../../../../test/fixtures/portrait-exif-orientation-6.jpg', import.meta.url),
)
const request: ImageRequest = {
  prompt: 'a lighthouse, {{seed}}',
  style: 'watercolor',
  seed: 77,
  strength: 0.6,
  size: { width: 203, height: 130 },
  idempotencyKey: 'generation-1',
}
const calm = (): GenerateOptions => ({ signal: new AbortController().signal, progress: () => {} })

let server: ComfyUiServer
const providers: ImageProvider[] = []

function open(options: Partial<ComfyUiProviderOptions> = {}): ImageProvider {
  const provider = createComfyUiProvider({
    url: server.url,
    checkpoint: 'sd.safetensors',
    workflowFile: undefined,
    photoWorkflowFile: undefined,
    pollMs: 20,
    ...options,
  })
  providers.push(provider)
  return provider
}

beforeEach(async () => {
  server = await startComfyUiServer()
})

afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()))
  await server.close()
})

const inputsOf = (name: string) => server.prompts[0]?.prompt[name]?.inputs

describe('what is sent', () => {
  it('is a workflow under our id, with the prompt as it was written', async () => {
    const told: number[] = []
    const result = await open().generate(request, { ...calm(), progress: (fraction) => told.push(fraction) })
    expect(result).toMatchObject({
      contentType: 'image/png',
      width: 200,
      height: 128,
      model: 'sd.safetensors',
    })
    expect((await sharp(result.data).raw().toBuffer()).subarray(0, 3)).toEqual(
      Buffer.from(Object.values(colourOf(77))),
    )
    expect(server.prompts).toMatchObject([{ prompt_id: 'generation-1', client_id: 'generation-1' }])
    expect(inputsOf('wanted')?.text).toBe('a lighthouse, {{seed}}, a watercolor painting on rough paper')
    expect(inputsOf('sampled')).toMatchObject({ seed: 77, denoise: 1 })
    expect(told.at(-1)).toBe(0.9)
    expect(server.listeners('generation-1')).toBe(0)
  })

  it('is a photo among temporary files, upright and without metadata, and how strongly it changes', async () => {
    const result = await open().generate({ ...request, size: undefined, image: photo }, calm())
    expect(result).toMatchObject({ width: 448, height: 600 })
    const [name] = server.uploads.keys()
    expect(name).toBe('backlot-generation-1.png [temp]')
    expect(await sharp(server.uploads.get(name ?? '')).metadata()).toMatchObject({ width: 450, height: 600 })
    expect((await sharp(server.uploads.get(name ?? '')).metadata()).exif).toBeUndefined()
    expect(inputsOf('photo')).toEqual({ image: name })
    expect(inputsOf('sampled')).toMatchObject({ denoise: 0.6 })
  })

  it("is the operator's workflow, when there is one", async () => {
    const directory = makeTemporaryDirectory()
    onTestFinished(() => removeTemporaryDirectory(directory))
    const workflowFile = path.join(directory, 'workflow.json')
    const node = { class_type: 'Any', inputs: { words: 'best: {{prompt}} {{nothing}}', seed: '{{seed}}' } }
    const latent = { class_type: 'Latent', inputs: { width: '{{width}}', height: '{{height}}' } }
    await writeFile(workflowFile, JSON.stringify({ 7: node, 8: latent }))
    await open({ workflowFile }).generate(request, calm())
    const { words, seed } = inputsOf('7') ?? {}
    expect([words, seed]).toEqual([
      'best: a lighthouse, {{seed}}, a watercolor painting on rough paper {{nothing}}',
      77,
    ])
    await writeFile(workflowFile, JSON.stringify({ nodes: [], links: [] }))
    expect(() => open({ workflowFile })).toThrow(/^COMFYUI_WORKFLOW_FILE: .* is no workflow in API format/)
    await writeFile(workflowFile, JSON.stringify({ 8: latent }))
    expect(() => open({ workflowFile })).toThrow(/does not contain \{\{prompt\}\}$/)
    expect(() => open({ photoWorkflowFile: '/nowhere.json' })).toThrow('COMFYUI_PHOTO_WORKFLOW_FILE')
  })

  it('carries the credentials of the address, also to the socket, and shows them nowhere', async () => {
    const provider = open({ url: `http://ada:p%40ss@${server.host}/` })
    await provider.generate(request, calm())
    server.next('refuse')
    const refused = provider.generate({ ...request, idempotencyKey: 'other' }, calm())
    expect(String(await refused.catch((error: unknown) => error))).not.toMatch(/p@ss|secret/)
    expect(server.calls.map(({ path }) => path)).toContain('/ws')
    expect(new Set(server.calls.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${btoa('ada:p@ss')}`]),
    )
  })
})

describe('an outcome that is not known', () => {
  it('is looked for before anything is sent again', async () => {
    server.next('cut-off-taken')
    expect(await open().generate(request, calm())).toMatchObject({ width: 200 })
    expect(server.prompts).toHaveLength(1)
  })

  it('is sent once more when it never arrived', async () => {
    server.next('cut-off-lost')
    expect(await open().generate(request, calm())).toMatchObject({ width: 200 })
    expect(server.calls.filter(({ path }) => path === '/prompt')).toHaveLength(2)
    expect(server.prompts).toHaveLength(1)
  })

  it('of an attempt that ended with its worker is taken over where it stands', async () => {
    server.next('stall')
    const first = open()
    const left = first.generate(request, calm())
    left.catch(() => {})
    await expect.poll(() => server.runningId(), { interval: 5 }).toBe('generation-1')
    await first.close()
    await expect(left).rejects.toMatchObject({ code: 'PROVIDER_CLOSED' })
    const second = open().generate(request, calm())
    await expect.poll(() => server.listeners('generation-1'), { interval: 5 }).toBe(1)
    await server.finish()
    expect(await second).toMatchObject({ width: 200 })
    expect(server.prompts).toHaveLength(1)
    expect(server.interrupted).toEqual([])
  })

  it('is fetched again when only the picture broke off', async () => {
    server.next('view-cut-off')
    expect(await open().generate(request, calm())).toMatchObject({ width: 200 })
    expect(server.prompts).toHaveLength(1)
  })
})

describe('a failure', () => {
  it.each([
    ['refuse', 'permanent', 'PROVIDER_REJECTED'],
    ['error-500', 'retryable', 'PROVIDER_FAILED'],
    ['fail', 'retryable', 'PROVIDER_WORKFLOW_FAILED'],
    ['garbage', 'permanent', 'PROVIDER_ANSWER_UNUSABLE'],
    ['oversized', 'permanent', 'PROVIDER_ANSWER_UNUSABLE'],
    ['endless', 'permanent', 'PROVIDER_ANSWER_TOO_LARGE'],
  ] as const)('by %s is %s', async (behaviour, kind, code) => {
    server.next(behaviour)
    const provider = open()
    const failure = await provider.generate(request, calm()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ kind, code })
    expect(String(failure)).not.toMatch(/secret|CUDA/)
    expect(await provider.generate(request, calm()), 'the same is made anew').toMatchObject({ width: 200 })
  })

  it('that passes soon is waited for, and so is a server that forgot its queue', async () => {
    server.next('rate-limited', 'forget')
    const provider = open()
    expect(
      await provider.generate({ ...request, idempotencyKey: 'b' }, calm()).catch((e) => e),
    ).toMatchObject({
      code: 'PROVIDER_LOST_WORK',
    })
    expect(await provider.generate({ ...request, idempotencyKey: 'b' }, calm())).toMatchObject({ width: 200 })
  })

  it('to be done in time ends the work over there', async () => {
    server.next('stall')
    await expect(open({ timeoutMs: 300 }).generate(request, calm())).rejects.toMatchObject({
      kind: 'retryable',
      code: 'PROVIDER_TIMEOUT',
    })
    expect(server.interrupted).toEqual(['generation-1'])
  })
})

describe('a cancelled picture', () => {
  it("is interrupted, and one that waits leaves the queue, without touching another's", async () => {
    server.next('stall', 'stall')
    const provider = open()
    const cancels = ['a', 'b'].map((idempotencyKey) => {
      const cancel = new AbortController()
      const result = provider.generate({ ...request, idempotencyKey }, { ...calm(), signal: cancel.signal })
      result.catch(() => {})
      return { cancel, result, idempotencyKey }
    })
    await expect.poll(() => server.waiting().length, { interval: 5 }).toBe(1)
    const [waitingId] = server.waiting()
    const runningId = server.runningId()
    for (const { cancel, result } of cancels.toSorted((a) => (a.idempotencyKey === waitingId ? -1 : 1))) {
      cancel.abort('cancelled')
      await expect(result).rejects.toBe('cancelled')
    }
    expect(server.waiting()).toEqual([])
    expect(server.interrupted).toEqual([runningId])
  })
})
