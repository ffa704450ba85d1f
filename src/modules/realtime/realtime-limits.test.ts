import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeProject } from '../../../test/harness/live-streams.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { realtimeClients } from '../../../test/harness/realtime-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { eventChannel } from '../streams/live-events.ts'

let backlot: TestApp
let ada: SignedIn

const { connect, signedIn, closeAll } = realtimeClients(() => backlot)

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signInAs(backlot, 'user')
})
afterEach(closeAll)
afterAll(() => backlot.close())

describe('what one client may take', () => {
  test.each([
    ['a message of more than 4 kB', 'x'.repeat(4_097), 1009],
    ['bytes', Buffer.from('{"type":"ping"}'), 1003],
  ])('%s closes the socket', async (_, message, code) => {
    const client = await signedIn(ada.token)
    client.socket.send(message)
    expect(await client.closed()).toMatchObject({ code })
  })

  test('what is no message is answered with an error', async () => {
    const client = await signedIn(ada.token)
    const wrong = ['{', '[]', 'null', '{"type":"nothing"}', '{"type":"ping","__proto__":{"a":1},"b":1}']
    const after = [-1, 1.5, '1', 1e300].map((each) =>
      JSON.stringify({ type: 'subscribe', topic: 'notifications', after: each }),
    )
    for (const message of [...wrong, ...after]) client.say(message)
    await client.until('error', wrong.length + after.length)
    client.say({ type: 'ping' })
    await client.until('pong')
  })

  test('a flood of messages closes the socket', async () => {
    const client = await signedIn(ada.token)
    for (let count = 0; count < 200; count += 1) client.say({ type: 'ping' })
    expect(await client.closed()).toMatchObject({ code: 4429 })
  })

  test('a socket follows 100 topics at most', async () => {
    const client = await signedIn(ada.token)
    await backlot.platform.db.execute(sql`
      insert into jobs (type, queue, owner_id, params) select 'test', 'images', ${ada.id}, '{}' from generate_series(1, 101)`)
    const { rows } = await backlot.platform.db.execute<{ id: string }>(
      sql`select id from jobs where type = 'test' and owner_id = ${ada.id}`,
    )
    for (const { id } of rows) client.say({ type: 'subscribe', topic: `jobs/${id}` })
    await client.until('error')
    expect(client.of('error').map(({ code }) => code)).toEqual(['TOO_MANY_SUBSCRIPTIONS'])
    expect(client.of('subscribed')).toHaveLength(100)
  })

  test('a user has 50 sockets at most, and others still theirs', async () => {
    const person = await signInAs(backlot, 'user')
    await Promise.all(Array.from({ length: 50 }, () => signedIn(person.token)))
    const refused = await connect({ token: person.token })
    expect(await refused.closed()).toMatchObject({ code: 4429 })
    expect(refused.of('error')[0]?.code).toBe('TOO_MANY_REQUESTS')
    await signedIn(ada.token)
  })

  test('who does not read costs a bounded buffer, then is closed; others are told all', {
    timeout: 30_000,
  }, async () => {
    const { projectId } = await makeProject(backlot, { ...ada })
    const topic = `projects/${projectId}`
    const [slow, reader] = [await signedIn(ada.token), await signedIn(ada.token)]
    for (const client of [slow, reader]) client.say({ type: 'subscribe', topic })
    await Promise.all([slow.until('subscribed'), reader.until('subscribed')])
    slow.socket.pause()
    const before = process.memoryUsage().rss
    const pages = 40
    for (let page = 0; page < pages; page += 1) {
      await backlot.platform.db.execute(sql`
        with changed as (update projects set event_seq = event_seq + 200 where id = ${projectId} returning event_seq)
        insert into live_events (project_id, seq, type, data)
        select ${projectId}, event_seq - 200 + n, 'stream.live', jsonb_build_object('filler', repeat('x', 4000))
        from changed, generate_series(1, 200) n`)
      backlot.platform.notifications.notify(eventChannel, projectId)
      await expect
        .poll(() => reader.of('event').length, { timeout: 10_000, interval: 5 })
        .toBe((page + 1) * 200)
      reader.told.length = 0
      reader.told.push(...Array.from({ length: (page + 1) * 200 }, () => ({ type: 'event' })))
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1_024 * 1_024)
    slow.socket.resume()
    const { code } = (await slow.closed()) ?? {}
    expect([4408, 1006]).toContain(code)
    expect(slow.of('event').length).toBeLessThan(pages * 200)
    expect(reader.isOpen()).toBe(true)
  })
})
