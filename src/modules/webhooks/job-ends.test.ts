import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { patience, startWebhooksApp, type WebhooksApp } from '../../../test/harness/webhooks-app.ts'

let on: WebhooksApp

beforeAll(async () => {
  on = await startWebhooksApp()
})
afterAll(() => on.close())
beforeEach(() => on.begin())

const receivedAt = async (path: string) => {
  await expect.poll(() => on.receiver.at(path).length, patience).toBeGreaterThan(0)
  const [received] = on.receiver.at(path)
  if (received === undefined) throw new Error('nothing came')
  const text = ([, value]: [string, unknown]) => typeof value === 'string'
  return { body: received.body, headers: Object.fromEntries(Object.entries(received.headers).filter(text)) }
}

test('the end of a job is told, in a message that the library of Standard Webhooks verifies', async () => {
  const webhook = await on.addWebhook('/jobs', ['job.*'])
  const schema = { count: 3, fields: [{ name: 'id', type: 'sequence' }] }
  const { data } = await on.api('POST', '/generate', schema)

  const { body, headers } = await receivedAt('/jobs')
  const event = new Webhook(webhook.secret).verify(body, headers as Record<string, string>)
  const about = { jobId: data.jobId, datasetId: data.datasetId, type: 'dataset.generate-small' }
  expect(event).toMatchObject({ type: 'job.completed', data: { ...about, status: 'completed' } })

  const other = `whsec_${Buffer.alloc(32).toString('base64')}`
  expect(() => new Webhook(other).verify(body, headers as Record<string, string>)).toThrow(/signature/)
  const replayedLater = { ...headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 301) }
  expect(() => new Webhook(webhook.secret).verify(body, replayedLater)).toThrow(/old/)
})

test('a job that two cancel is told as cancelled once', async () => {
  await on.addWebhook('/cancelled', ['job.cancelled'])
  const schema = { count: 2_000_000, fields: [{ name: 'id', type: 'uuid' }] }
  const { data } = await on.api('POST', '/generate', schema)
  const cancel = () => on.api('POST', `/jobs/${data.jobId}/cancel`)
  await Promise.all([cancel(), cancel()])
  const { body } = await receivedAt('/cancelled')
  const about = { jobId: data.jobId, datasetId: data.datasetId, status: 'cancelled' }
  expect(JSON.parse(body)).toMatchObject({ type: 'job.cancelled', data: about })
  await on.publish('job.cancelled')
  await expect.poll(() => on.receiver.at('/cancelled').length, patience).toBe(2)
})

test('the owner of a webhook that is disabled is told by mail, without its path', async () => {
  on.receiver.answer = (response) => void response.writeHead(410).end()
  await on.addWebhook('/a-secret-path')
  await on.publish('stream.live')
  const mailbox = path.join(on.backlot.dataDir, 'mailbox')
  const mails = () =>
    readdirSync(mailbox).map((name) => readFileSync(path.join(mailbox, name), 'utf8').replaceAll('=\r\n', ''))
  const notices = () => mails().filter((mail) => mail.includes('Subject: A webhook was disabled'))
  await expect.poll(notices, patience).toHaveLength(1)
  const [notice = ''] = notices()
  expect(notice).toContain(`To: ${on.user().email}`)
  expect(notice).toContain(new URL(on.receiver.url).host)
  expect(notice).toContain('The receiver answered 410 Gone.')
  expect(notice).not.toContain('a-secret-path')
})
