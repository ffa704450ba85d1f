import type { TestApp } from './test-app.ts'

export type Person = { id: string; email: string; token: string }
type Call = { body?: object; payload?: Buffer; headers?: Record<string, string> }

const password = 'correct horse 42'
let people = 0

/** One request, as an app makes it. `data` and `error` are what stands in the envelope. */
export const call = async (
  { app }: Pick<TestApp, 'app'>,
  who: Person | undefined,
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  { body, payload, headers = {} }: Call = {},
) => {
  const response = await app.inject({
    method,
    url,
    headers: { ...headers, ...(who === undefined ? {} : { authorization: `Bearer ${who.token}` }) },
    ...(body === undefined ? {} : { payload: body }),
    ...(payload === undefined ? {} : { payload }),
  })
  const isJson = String(response.headers['content-type']).includes('json')
  const json = isJson ? response.json() : {}
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json,
    data: json.data,
    error: json.error,
  }
}

/** A new user with a session. */
export const signUp = async (backlot: Pick<TestApp, 'app'>): Promise<Person> => {
  people += 1
  const email = `person-${people}-${process.pid}@example.com`
  const { status, data, text } = await call(backlot, undefined, 'POST', '/v1/auth/signup', {
    body: { email, password },
  })
  if (status !== 201) throw new Error(`Sign-up failed: ${text}`)
  return { id: data.user.id, email, token: data.accessToken }
}

/** A form as a browser sends it, with its header. */
export const formOf = async (
  parts: Record<string, string | { name: string; data: Buffer; type?: string }>,
) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') form.set(name, value)
    else form.set(name, new Blob([new Uint8Array(value.data)], { type: value.type ?? '' }), value.name)
  }
  const encoded = new Response(form)
  return {
    payload: Buffer.from(await encoded.arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
  }
}
