import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { oversizedPng, paint } from './painted-picture.ts'

/** What happens to one POST /prompt, or to the picture that it makes. */
export type ComfyUiBehaviour =
  | 'paint'
  /** Paints only when `finish` is called, or is interrupted. */
  | 'stall'
  /** 400 as for a workflow that names what is not there; 429; 500. */
  | 'refuse'
  | 'rate-limited'
  | 'error-500'
  /** Takes the prompt, or does not, and cuts the connection before it answers. */
  | 'cut-off-taken'
  | 'cut-off-lost'
  /** Takes the prompt and forgets it, as by a new start. */
  | 'forget'
  /** Ends with an error of a node. */
  | 'fail'
  /** /view answers text, a picture beyond every limit, more than it says, or breaks off once. */
  | 'garbage'
  | 'oversized'
  | 'endless'
  | 'view-cut-off'

const promptBody = z.object({
  prompt: z.record(
    z.string(),
    z.object({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }),
  ),
  prompt_id: z.string(),
  client_id: z.string(),
})
type Prompt = z.infer<typeof promptBody> & { behaviour: ComfyUiBehaviour }
type Ended = { prompt: Prompt; status: 'success' | 'error'; picture: Buffer | undefined }

/** A small ComfyUI on loopback: its documented routes and messages, one prompt at a time, and misbehaviour on demand. */
export async function startComfyUiServer() {
  const script: ComfyUiBehaviour[] = []
  const prompts: Prompt[] = []
  const pending: Prompt[] = []
  const history = new Map<string, Ended>()
  const uploads = new Map<string, Buffer>()
  const calls: { method: string; path: string; authorization: string | undefined; body: string }[] = []
  const interrupted: string[] = []
  let running: Prompt | undefined

  const sockets = new WebSocketServer({ noServer: true })
  const clients = new Map<string, Set<import('ws').WebSocket>>()
  const tell = ({ client_id: sid, prompt_id }: Prompt, type: string, data: object = {}) => {
    for (const socket of clients.get(sid) ?? [])
      socket.send(JSON.stringify({ type, data: { prompt_id, ...data } }))
  }

  const runNext = () => {
    running ??= pending.shift()
    if (running === undefined || running.behaviour === 'stall') return
    const prompt = running
    tell(prompt, 'execution_start')
    for (let step = 1; step <= 4; step++) tell(prompt, 'progress', { value: step, max: 4, node: 'sampled' })
    void end(prompt, prompt.behaviour === 'fail' ? 'error' : 'success')
  }

  const end = async (prompt: Prompt, status: 'success' | 'error') => {
    const picture = status === 'error' ? undefined : await pictureOf(prompt)
    if (prompt.behaviour !== 'forget') history.set(prompt.prompt_id, { prompt, status, picture })
    running = undefined
    tell(prompt, status === 'error' ? 'execution_error' : 'execution_success')
    runNext()
  }

  const pictureOf = async ({ prompt, behaviour }: Prompt): Promise<Buffer> => {
    if (behaviour === 'garbage') return Buffer.from('this is not a picture at all')
    if (behaviour === 'oversized') return oversizedPng()
    const inputs = Object.assign({}, ...Object.values(prompt).map((node) => node.inputs))
    const image = Object.values(prompt).find((node) => node.class_type === 'LoadImage')?.inputs.image
    const photo = image === undefined ? undefined : uploads.get(String(image))
    if (image !== undefined && photo === undefined) throw new Error('There is no such photo.')
    return paint({ seed: inputs.seed, width: inputs.width, height: inputs.height, photo })
  }

  const takePrompt = (body: string, request: IncomingMessage, response: ServerResponse) => {
    const behaviour = script.shift() ?? 'paint'
    if (behaviour === 'error-500') return void response.writeHead(500).end('500 Internal Server Error')
    if (behaviour === 'rate-limited') return void response.writeHead(429, { 'retry-after': '1' }).end()
    if (behaviour === 'refuse') {
      const error = { type: 'prompt_outputs_failed_validation', message: 'Prompt outputs failed validation' }
      const node = { errors: [{ details: "ckpt_name: 'x' not in ['/secret/path.safetensors']" }] }
      return answer(response, 400, { error, node_errors: { model: node } })
    }
    if (behaviour === 'cut-off-lost') return void request.socket.destroy()
    const prompt = { ...promptBody.parse(JSON.parse(body)), behaviour }
    prompts.push(prompt)
    pending.push(prompt)
    setImmediate(runNext)
    if (behaviour === 'cut-off-taken') return void request.socket.destroy()
    answer(response, 200, { prompt_id: prompt.prompt_id, number: prompts.length, node_errors: {} })
  }

  const historyOf = (id: string) => {
    const ended = history.get(id)
    if (ended === undefined) return {}
    const { status, picture } = ended
    const images = picture === undefined ? [] : [{ filename: `${id}.png`, subfolder: '', type: 'temp' }]
    const messages =
      status === 'error' ? [['execution_error', { exception_message: 'CUDA out of memory' }]] : []
    return {
      [id]: {
        prompt: [],
        outputs: { picture: { images } },
        status: { status_str: status, completed: true, messages },
      },
    }
  }

  const view = (query: URLSearchParams, response: ServerResponse) => {
    const ended = history.get(query.get('filename')?.replace('.png', '') ?? '')
    if (ended?.picture === undefined || query.get('type') !== 'temp')
      return void response.writeHead(404).end()
    response.setHeader('content-type', 'image/png')
    if (ended.prompt.behaviour === 'endless') return sendEndless(response)
    if (ended.prompt.behaviour === 'view-cut-off') {
      ended.prompt.behaviour = 'paint'
      response.writeHead(200, { 'content-length': ended.picture.length })
      response.write(ended.picture.subarray(0, 20))
      return void setImmediate(() => response.destroy())
    }
    response.end(ended.picture)
  }

  const takeUpload = async (type: string, body: Buffer, response: ServerResponse) => {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
    const image = form.get('image')
    if (!(image instanceof File)) return void response.writeHead(400).end()
    uploads.set(`${image.name} [${form.get('type')}]`, Buffer.from(await image.arrayBuffer()))
    answer(response, 200, { name: image.name, subfolder: '', type: form.get('type') })
  }

  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const { method = '' } = request
    const body = await buffer(request)
    const isForm = pathname === '/upload/image'
    const text = isForm ? '' : body.toString('utf8')
    calls.push({ method, path: pathname, authorization: request.headers.authorization, body: text })
    if (isForm) return takeUpload(request.headers['content-type'] ?? '', body, response)
    if (method === 'POST' && pathname === '/prompt') return takePrompt(text, request, response)
    if (method === 'GET' && pathname.startsWith('/history/'))
      return answer(response, 200, historyOf(pathname.slice(9)))
    if (method === 'GET' && pathname === '/view') return view(searchParams, response)
    const entry = ({ prompt_id, prompt }: Prompt) => [1, prompt_id, prompt, {}, ['picture']]
    if (method === 'GET' && pathname === '/queue')
      return answer(response, 200, {
        queue_running: running === undefined ? [] : [entry(running)],
        queue_pending: pending.map(entry),
      })
    const ids = z.object({ delete: z.array(z.string()).default([]) })
    if (pathname === '/queue') {
      const unwanted = new Set(ids.parse(JSON.parse(text)).delete)
      pending.splice(0, pending.length, ...pending.filter(({ prompt_id }) => !unwanted.has(prompt_id)))
    } else if (pathname === '/history')
      for (const id of ids.parse(JSON.parse(text)).delete) history.delete(id)
    else if (pathname === '/interrupt' && running !== undefined) {
      interrupted.push(running.prompt_id)
      await end(running, 'error')
    } else if (pathname !== '/interrupt') return void response.writeHead(404).end()
    response.end()
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket, head) => {
    const sid = new URL(request.url ?? '/', 'http://localhost').searchParams.get('clientId') ?? ''
    calls.push({ method: 'GET', path: '/ws', authorization: request.headers.authorization, body: '' })
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const others = clients.get(sid) ?? new Set()
      clients.set(sid, others.add(opened))
      opened.on('close', () => others.delete(opened))
      opened.send(JSON.stringify({ type: 'status', data: { status: { exec_info: { queue_remaining: 0 } } } }))
      opened.send(Buffer.from([0, 0, 0, 1, 0xff, 0xd8]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')

  return {
    host: `127.0.0.1:${address.port}`,
    url: `http://127.0.0.1:${address.port}`,
    /** Prompts that were taken, in order. */
    prompts,
    calls,
    interrupted,
    uploads,
    history,
    waiting: () => pending.map(({ prompt_id }) => prompt_id),
    runningId: () => running?.prompt_id,
    /** How many connections follow a prompt. */
    listeners: (id: string) => clients.get(id)?.size ?? 0,
    /** The next prompts are treated so, in this order; others are painted. */
    next: (...behaviours: ComfyUiBehaviour[]) => void script.push(...behaviours),
    /** Ends what stalls. */
    async finish() {
      if (running !== undefined) await end(running, 'success')
    },
    async close(): Promise<void> {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type ComfyUiServer = Awaited<ReturnType<typeof startComfyUiServer>>

const answer = (response: ServerResponse, status: number, body: unknown) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** Never stops sending. */
export function sendEndless(response: ServerResponse): void {
  const chunk = Buffer.alloc(1_000_000, 'A')
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  more()
}
