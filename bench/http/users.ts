import pg from 'pg'
import { createAccessTokens } from '../../src/modules/auth/access-token.ts'
import { deriveAuthKeys } from '../../src/modules/auth/auth-keys.ts'

export type BenchUser = { id: string; token: string; generationIds: string[] }

/** Signs up and has a picture made, as a client does. */
export const makeGeneration = async (port: number): Promise<{ id: string }> => {
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
    return ((await response.json()) as { data: Record<string, string> }).data
  }
  const account = { email: 'bench@example.com', password: 'seven green bottles' }
  const { accessToken: token = '' } = await post('/auth/signup', {}, account)
  const order = { prompt: 'a lighthouse at dusk', style: 'watercolor', size: '256x256', seed: 1 }
  const headers = { authorization: `Bearer ${token}`, prefer: 'wait=30' }
  const { generationId: id = '', status } = await post('/generations', headers, order)
  if (status !== 'completed') throw new Error(`The generation is ${status}`)
  return { id }
}

const generationsEach = 25

/** Users who are signed in, each with copies of a generation. By SQL, because hashing a thousand passwords takes a minute. */
export const addUsers = async (
  databaseUrl: string,
  secretKey: string,
  generationId: string,
  count: number,
): Promise<BenchUser[]> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ userId: string; sessionId: string; generationIds: string[] }>(
      addition,
      [count, generationsEach, generationId],
    )
    await client.query('analyze')
    const { issue } = createAccessTokens(deriveAuthKeys(secretKey).accessToken)
    return Promise.all(
      rows.map(async ({ userId, sessionId, generationIds }) => ({
        id: userId,
        token: await issue({ userId, sessionId }),
        generationIds,
      })),
    )
  } finally {
    await client.end()
  }
}

const addition = `
  with someone as (
    insert into users (email) select 'bench-' || n || '@example.com' from generate_series(1, $1::int) as n returning id
  ), session as (
    insert into sessions (user_id, token_hash, address, expires_at)
    select id, id::text, '127.0.0.1', now() + interval '1 day' from someone returning id, user_id
  ), generation as (
    insert into generations (owner_id, job_id, prompt, style, seed, strength, width, height, provider, status, duration_ms)
    select someone.id, job_id, prompt, style, seed, strength, width, height, provider, status, duration_ms
    from generations, someone, generate_series(1, $2::int) where generations.id = $3 returning id, owner_id
  ), file as (
    insert into files (id, owner_id, kind, name, storage_key, content_type, size_bytes, status, metadata, thumbnail_key)
    select generation.id, generation.owner_id, kind, name, generation.id::text, content_type, size_bytes, status,
      metadata, 'thumbnail-' || generation.id
    from files, generation where files.id = $3
  )
  select session.user_id as "userId", session.id as "sessionId", array_agg(generation.id) as "generationIds"
  from session join generation on generation.owner_id = session.user_id group by 1, 2`

/** A whole request, as it goes over the wire. */
export const request = (method: string, path: string, token: string, port: number, body?: object): string => {
  const content = body === undefined ? '' : JSON.stringify(body)
  const type = `Content-Type: application/json\r\nContent-Length: ${content.length}\r\n`
  const head = `${method} /v1${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`
  return `${head}${body === undefined ? '' : type}\r\n${content}`
}

/** What one user does, over and over: of twenty requests, seventeen read and three commit. */
export const mixedPlan = ({ id, token, generationIds }: BenchUser, port: number): string[] => {
  const get = (path: string) => request('GET', path, token, port)
  const order = (n: number) => ({ prompt: `a boat, number ${n}`, style: 'sketch', size: '256x256' })
  const shares: [number, (n: number) => string][] = [
    [10, (n) => get(`/generations/${generationIds[n]}`)],
    [4, () => get('/generations')],
    [3, () => get('/auth/me')],
    [2, (n) => request('POST', '/generations', token, port, order(n))],
    [1, (n) => request('PATCH', `/users/${id}`, token, port, { name: `Name ${n}` })],
  ]
  return shuffled(shares.flatMap(([share, make]) => Array.from({ length: share }, (_, n) => make(n))))
}

export const shuffled = <T>(values: T[]): T[] =>
  values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
