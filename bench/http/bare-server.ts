/**
 * The limit that `http.ts` measures Backlot by: what somebody writes who wants nothing but these rows as JSON, over
 * `node:http` and a `pg` pool of 20 with prepared statements. It gives the same rows and fields as Backlot does and leaves
 * out what Backlot does around them: no check of the token (it believes who it says it is), of the input or of
 * permissions, no limits, no security headers, no log, no metrics.
 *
 * Creating a post is one `INSERT` in autocommit. The slug comes of the title; the excerpt is what the Markdown says, by the
 * same renderer, without a thread that keeps it from holding up the others.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import pg from 'pg'
import { changePost, createPost, getPost, listPosts, searchPosts } from './bare-posts.ts'

const [databaseUrl = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })

const server = http.createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error)
    send(response, 500, { success: false })
  })
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const [, , what, id] = pathname.split('/')
  if (what === 'generations') return send(response, 200, { success: true, data: await getGeneration(id) })
  if (request.method === 'POST') {
    const data = await createPost(pool, userOf(request), await bodyOf(request))
    return send(response, 201, { success: true, data })
  }
  if (request.method === 'PATCH') {
    const data = await changePost(pool, id, await bodyOf(request))
    return send(response, 200, { success: true, data })
  }
  if (id !== undefined) return send(response, 200, { success: true, data: await getPost(pool, id) })
  const page = searchParams.has('q') ? searchPosts(pool, searchParams) : listPosts(pool, searchParams)
  send(response, 200, { success: true, ...(await page) })
}

async function getGeneration(id: string | undefined) {
  const { rows } = await pool.query({
    name: 'find_generation',
    text: 'select * from generations where id = $1',
    values: [id],
  })
  return rows[0]
}

const userOf = ({ headers }: IncomingMessage): string => {
  const [, claims = ''] = headers.authorization?.split('.') ?? []
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).sub
}

const bodyOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

function send(response: ServerResponse, status: number, answer: object): void {
  const body = JSON.stringify(answer)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    process.send?.({ type: 'ready', address: `http://127.0.0.1:${address.port}` })
  }
})
process.on('disconnect', () => process.exit(0))
