import { test } from 'vitest'
import { signUp } from '../harness/client.ts'
import { send, sendRaw } from '../harness/send.ts'
import { startTestApp } from '../harness/test-app.ts'

test('x', { timeout: 120000 }, async () => {
  const a = await startTestApp({ env: { CORS_ORIGINS: 'https://app.test', TRUST_PROXY: '127.0.0.1' } })
  const p = await signUp(a)
  const auth = { authorization: `Bearer ${p.token}` }
  const show = async (label: string, x: Promise<any>) => {
    const r = await x.catch((e: any) => ({ status: String(e) }))
    console.log(label, r.status, String(r.text).slice(0, 160))
  }
  await show('404', send(a.url, '/nope', { headers: { origin: 'https://app.test' } }))
  await show(
    'preflight',
    send(a.url, '/v1/users/x', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization',
      },
    }),
  )
  await show(
    'preflight other',
    send(a.url, '/v1/users/x', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'PATCH' },
    }),
  )
  await show('OPTIONS plain', send(a.url, '/v1/users/x', { method: 'OPTIONS' }))
  await show('bad url', send(a.url, '/v1/jobs/%zz'))
  await show('bad url2', send(a.url, '/v1/jobs/%ff'))
  await show('bad url3', send(a.url, '/v1/jobs/%25zz%2F'))
  await show('long param', send(a.url, '/v1/jobs/' + 'a'.repeat(1100)))
  await show('long param', send(a.url, '/v1/jobs/' + 'a'.repeat(9000)))
  await show('long url', send(a.url, '/v1/jobs?q=' + 'a'.repeat(9000)))
  await show('very long url', send(a.url, '/v1/jobs?q=' + 'a'.repeat(20000)))
  await show(
    '415',
    send(a.url, '/v1/auth/login', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }),
  )
  await show(
    'multipart no boundary',
    send(a.url, '/v1/generations', {
      method: 'POST',
      headers: { ...auth, 'content-type': 'multipart/form-data' },
      body: 'x',
    }),
  )
  await show(
    'multipart garbage',
    send(a.url, '/v1/generations', {
      method: 'POST',
      headers: { ...auth, 'content-type': 'multipart/form-data; boundary=x' },
      body: 'garbage',
    }),
  )
  await show(
    'multipart to json route',
    send(a.url, '/v1/uploads/presigned', {
      method: 'POST',
      headers: { ...auth, 'content-type': 'multipart/form-data; boundary=x' },
      body: 'garbage',
    }),
  )
  await show(
    'mp nul',
    send(a.url, '/v1/generations', {
      method: 'POST',
      headers: { ...auth, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="prompt"\r\n\r\na\0b\r\n--x\r\ncontent-disposition: form-data; name="style"\r\n\r\nnoir\r\n--x--\r\n',
    }),
  )
  await show(
    'mp proto',
    send(a.url, '/v1/generations', {
      method: 'POST',
      headers: { ...auth, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="__proto__"\r\n\r\nb\r\n--x\r\ncontent-disposition: form-data; name="style"\r\n\r\nnoir\r\n--x--\r\n',
    }),
  )
  await show(
    'gzip bad',
    send(a.url, '/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: '{"a":1}',
    }),
  )
  await show(
    'enc bad',
    send(a.url, '/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'nope' },
      body: '{"a":1}',
    }),
  )
  await show(
    'accept-encoding *;q=0',
    send(a.url, '/openapi.json', { headers: { 'accept-encoding': 'identity;q=0, *;q=0' } }),
  )
  await show('metrics xff', send(a.url, '/metrics', { headers: { 'x-forwarded-for': 'garbage' } }))
  await show('metrics xff', send(a.url, '/metrics', { headers: { 'x-forwarded-for': '1.2.3.4' } }))
  await show('host', send(a.url, '/v1/files', { headers: { ...auth, host: 'a b' } }))
  await show(
    'xfproto',
    send(a.url, '/v1/files', { headers: { ...auth, 'x-forwarded-proto': 'java"script' } }),
  )
  await show('expect', send(a.url, '/v1/files', { headers: { ...auth, expect: 'nope' } }))
  await show('docs', send(a.url, '/docs'))
  await show('docs/', send(a.url, '/docs/'))
  await show('problem', send(a.url, '/v1/files', { headers: { accept: 'application/problem+json' } }))
  await show('nul', send(a.url, '/v1/files?cursor=%00', { headers: auth }))
  await show(
    'upgrade',
    send(a.url, '/v1/files', { headers: { ...auth, connection: 'upgrade', upgrade: 'websocket' } }),
  )
  for (const raw of [
    'GARBAGE\r\n\r\n',
    'POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\nx: ' + 'a'.repeat(20000) + '\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n',
    'GET http://evil/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'PROPFIND /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET //evil.com/%2e%2e HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET /v1/files\tx HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'GET /x HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n',
  ])
    console.log(
      'RAW',
      raw.slice(0, 80),
      '=>',
      (await sendRaw(a.url, raw, 1500)).split('\r\n').filter((l) => /^HTTP|^\{/.test(l)),
    )
  await a.close()
})
