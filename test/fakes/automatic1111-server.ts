import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { sendEndless } from './comfyui-server.ts'
import { oversizedPng, paint } from './painted-picture.ts'

/** What happens to one request for a picture. */
export type WebUiBehaviour =
  | 'paint'
  /** Works until it is interrupted or `finish` is called, then answers; the connection may be gone by then. */
  | 'stall'
  | 'rate-limited'
  /** 500 as when memory runs out; 422; 401; 404 as without --api; 502 of a proxy. */
  | 'out-of-memory'
  | 'invalid'
  | 'unauthorized'
  | 'no-api'
  | 'bad-gateway'
  /** Goes on working and cuts the connection in the middle of the answer. */
  | 'cut-off'
  | 'not-json'
  | 'garbage'
  | 'oversized'
  | 'endless'

const bodyShape = z.looseObject({
  prompt: z.string(),
  seed: z.number(),
  width: z.number(),
  height: z.number(),
  force_task_id: z.string(),
  init_images: z.array(z.string()).optional(),
})
type Work = { path: string; authorization: string | undefined; body: z.infer<typeof bodyShape> }

/** A small AUTOMATIC1111 web UI on loopback: the documented part of its API, one picture at a time, misbehaving on demand. */
export async function startAutomatic1111Server() {
  const script: WebUiBehaviour[] = []
  const works: Work[] = []
  const interrupted: string[] = []
  let current: { taskId: string; release: () => void } | undefined
  let most = 0

  const make = async (request: IncomingMessage, response: ServerResponse, text: string) => {
    const behaviour = script.shift() ?? 'paint'
    const body = bodyShape.parse(JSON.parse(text))
    works.push({ path: request.url ?? '', authorization: request.headers.authorization, body })
    if (behaviour in refusals) {
      const [status, refusal] = refusals[behaviour] ?? [500, {}]
      return answer(response, status, refusal, status === 429 ? { 'retry-after': '1' } : {})
    }
    if (behaviour === 'endless') return sendEndless(response)
    if (behaviour === 'not-json') return void response.end('<html>Sign in to the guest network</html>')
    const { promise, resolve } = Promise.withResolvers<void>()
    if (current !== undefined) most++
    current = { taskId: body.force_task_id, release: resolve }
    if (behaviour === 'cut-off') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100_000 })
      response.write('{"images":["iVBOR')
      setImmediate(() => response.destroy())
    }
    if (behaviour === 'stall' || behaviour === 'cut-off') await promise
    current = undefined
    if (response.destroyed) return
    answer(response, 200, { images: [(await pictureOf(behaviour, body)).toString('base64')], info: '{}' })
  }

  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const text = (await buffer(request)).toString('utf8')
    const call = `${request.method} ${request.url?.split('?')[0]}`
    if (/^POST \/sdapi\/v1\/(txt|img)2img$/.test(call)) return make(request, response, text)
    if (call === 'GET /sdapi/v1/progress') {
      const progress = current === undefined ? 0 : 0.5
      return answer(response, 200, { progress, eta_relative: 1, current_task: current?.taskId ?? null })
    }
    if (call === 'POST /sdapi/v1/interrupt') {
      if (current !== undefined) interrupted.push(current.taskId)
      current?.release()
      current = undefined
      return answer(response, 200, {})
    }
    answer(response, 404, { detail: 'Not Found' })
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')

  return {
    host: `127.0.0.1:${address.port}`,
    url: `http://127.0.0.1:${address.port}`,
    /** Requests for pictures, in order. */
    works,
    interrupted,
    currentTask: () => current?.taskId,
    /** How often a picture was asked for while another was being made. */
    overlaps: () => most,
    next: (...behaviours: WebUiBehaviour[]) => void script.push(...behaviours),
    finish: () => current?.release(),
    async close(): Promise<void> {
      current?.release()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Automatic1111Server = Awaited<ReturnType<typeof startAutomatic1111Server>>

const refusals: { [behaviour: string]: [number, object] } = {
  'rate-limited': [429, { detail: 'Too Many Requests' }],
  'out-of-memory': [500, { error: 'OutOfMemoryError', detail: '', errors: 'CUDA out of memory' }],
  invalid: [422, { detail: [{ loc: ['body', 'steps'], msg: 'value is not a valid integer' }] }],
  unauthorized: [401, { detail: 'Incorrect username or password' }],
  'no-api': [404, { detail: 'Not Found' }],
  'bad-gateway': [502, {}],
}

const pictureOf = (behaviour: WebUiBehaviour, { seed, width, height, init_images }: Work['body']) => {
  if (behaviour === 'garbage') return Promise.resolve(Buffer.from('this is not a picture at all'))
  if (behaviour === 'oversized') return oversizedPng()
  const [photo] = init_images ?? []
  return paint({
    seed,
    width,
    height,
    photo: photo === undefined ? undefined : Buffer.from(photo, 'base64'),
  })
}

const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  void response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body))
