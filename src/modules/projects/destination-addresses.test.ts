import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import {
  custom,
  type DestinationsClient,
  destinationsClient,
  faultsOf,
  streamKey,
  url,
} from '../../../test/harness/destinations-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
let ada: Person
let client: DestinationsClient

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  client = destinationsClient(backlot, ada)
})
afterAll(() => backlot.close())

let known: { id: string; projectId: string } | undefined
const made = async () => {
  known ??= (await client.make()) as { id: string; projectId: string }
  return known
}

test.each([
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0', '10.0.0.1'],
  ...['169.254.169.254', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[fd00::1]', 'LOCALHOST'],
  ...['localhost', 'localhost.', 'a.localhost', 'redis', 'nas.local', '１２７.0.0.1', '%6c%6fcalhost'],
])('the host %s is refused in every place that takes an address', async (host) => {
  const { id, projectId } = await made()
  const privateUrl = `rtmp://${host}:1935/app`
  const refused = { status: 422, paths: ['url'] }
  expect(faultsOf(await client.add(projectId, { ...custom, url: privateUrl }))).toEqual(refused)
  expect(faultsOf(await client.add(projectId, { ...custom, url: privateUrl, platform: 'kick' }))).toEqual(
    refused,
  )
  expect(faultsOf(await client.patch(id, { url: privateUrl, streamKey }))).toEqual(refused)
})

test.each([
  ...['http://a.example.com/app', 'rtmp://a.example.com', 'rtmp://a.example.com/', 'rtmp:///app', 'a'],
  ...['rtmp://a.example.com/app?x=1', 'rtmp://a.example.com/app#x', 'rtmp://u:p@a.example.com/app'],
  ...['rtmp://a.example.com:0/app', 'rtmp://a.example.com:70000/app', 'rtmp://a.example.com/a b'],
  ...['rtmp://a.example.com/a\nb', 'rtmp://a.example.com//app', `rtmp://a.example.com/${'a'.repeat(500)}`],
  ...['rtmpt://a.example.com/app', 'javascript:alert(1)', '', 'rtmp:a.example.com/app'],
])('the address %j is refused', async (wrong) => {
  const { projectId } = await made()
  expect(faultsOf(await client.add(projectId, { ...custom, url: wrong }))).toEqual({
    status: 422,
    paths: ['url'],
  })
})

test.each([
  ['RTMPS://Live.Example.com:443/App/', 'rtmps://live.example.com:443/App'],
  ['rtmp://bücher.example/live/room', 'rtmp://xn--bcher-kva.example/live/room'],
  ['rtmp://8.8.8.8:19350/app', 'rtmp://8.8.8.8:19350/app'],
  ['rtmp://0x08.8.8.8/app', 'rtmp://8.8.8.8/app'],
  ['rtmp://[2606:4700:4700:0::1111]:1936/app', 'rtmp://[2606:4700:4700::1111]:1936/app'],
])('the address %s is kept as %s', async (given, kept) => {
  const { id } = await made()
  expect((await client.patch(id, { url: given, streamKey })).data.url).toBe(kept)
})

test('where the operator allows it, a private host is taken', async () => {
  const open = await startTestApp({ env: { LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true' } })
  try {
    const bea = await signUp(open)
    const { data } = await call(open, bea, 'POST', '/v1/projects', { body: { name: 'Show' } })
    const body = { ...custom, url: 'rtmp://127.0.0.1:19350/live' }
    const answer = await call(open, bea, 'POST', `/v1/projects/${data.id}/destinations`, { body })
    expect(answer.status).toBe(201)
  } finally {
    await open.close()
  }
})

test('a stored key is not sent to another server: a new address there needs its own key', async () => {
  const { id, projectId } = await client.make()
  for (const elsewhere of [
    'rtmp://evil.example.net/app',
    'rtmp://live.example.com:1936/app',
    'rtmps://live.example.com/app',
  ]) {
    expect(faultsOf(await client.patch(id, { url: elsewhere }))).toEqual({
      status: 422,
      paths: ['streamKey'],
    })
  }
  expect(await client.targets(projectId)).toMatchObject([{ url, streamKey, revision: 1 }])
  expect((await client.patch(id, { url: 'rtmp://LIVE.example.com:1935/other' })).status).toBe(200)
  expect(await client.targets(projectId)).toMatchObject([{ streamKey, revision: 2 }])
  const moved = await client.patch(id, { url: 'rtmp://new.example.net/app', streamKey: 'another-key-5678' })
  expect(moved.data).toMatchObject({ url: 'rtmp://new.example.net/app', streamKey: '••••5678' })
  expect(await client.targets(projectId)).toMatchObject([{ streamKey: 'another-key-5678', revision: 3 }])
  await client.patch(id, { name: 'Same way', position: 4 })
  expect(await client.targets(projectId)).toMatchObject([{ name: 'Same way', position: 4, revision: 3 }])
})
