import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { PermanentFailure, TemporaryFailure } from '../jobs/job-failure.ts'
import type { MailMessage } from './mail-message.ts'
import { openMailer } from './mailer.ts'

const message: MailMessage = {
  id: '018f0000-0000-7000-8000-00000000abcd',
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Hello',
  html: '<p>Hello</p>',
}
const from = 'Backlot <no-reply@backlot.test>'
const never = new AbortController().signal

const closers: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const startSmtp = async (options: SMTPServerOptions) => {
  const received: { to: string[]; data: string }[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          data: Buffer.concat(chunks).toString(),
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise<void>((resolve) => server.close(resolve)))
  return { received, port: (server.server.address() as AddressInfo).port }
}

const mailerTo = (port: number, credentials = '') => {
  const mailer = openMailer({
    smtpUrl: `smtp://${credentials}127.0.0.1:${port}`,
    from,
    mailboxDir: '/nowhere',
    log: console,
  })
  closers.push(() => mailer.close())
  return mailer
}

const answering = (code: number) =>
  Object.assign(new Error('no, and here is a secret of ours'), { responseCode: code })

test('sends by SMTP, with a Message-ID that is the same when it sends again', async () => {
  const { received, port } = await startSmtp({})
  const mailer = mailerTo(port)
  await mailer.send(message, never)
  await mailer.send(message, never)
  expect(received).toHaveLength(2)
  expect(received[0]?.to).toEqual(['ada@example.com'])
  for (const { data } of received) {
    expect(data).toContain(`Message-ID: <${message.id}@backlot.test>`)
    expect(data).toContain('From: Backlot <no-reply@backlot.test>')
    expect(data).toContain('Subject: =?UTF-8?')
    expect(data).toContain('multipart/alternative')
  }
})

test.each([
  ['the recipient', 550, PermanentFailure],
  ['the recipient for now', 450, TemporaryFailure],
])('a server that refuses %s (%i)', async (_name, code, failure) => {
  const { port } = await startSmtp({ onRcptTo: (_address, _session, done) => done(answering(code)) })
  const error = await mailerTo(port)
    .send(message, never)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(failure)
  expect((error as Error).message).not.toContain('secret of ours')
})

test.each([
  ['the message', 554, PermanentFailure],
  ['the message for now', 452, TemporaryFailure],
])('a server that refuses %s (%i)', async (_name, code, failure) => {
  const { port } = await startSmtp({
    onData: (stream, _session, done) => stream.resume().on('end', () => done(answering(code))),
  })
  await expect(mailerTo(port).send(message, never)).rejects.toBeInstanceOf(failure)
})

test('a refused sign-in may be mended, so the mail is tried again', async () => {
  const { port } = await startSmtp({
    authOptional: false,
    onAuth: (_auth, _session, done) => done(answering(535)),
  })
  await expect(mailerTo(port, 'user:wrong@').send(message, never)).rejects.toBeInstanceOf(TemporaryFailure)
})

test('a server that is away, or cuts the connection, is a failure for now', async () => {
  const server = net.createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await expect(mailerTo(port).send(message, never)).rejects.toBeInstanceOf(TemporaryFailure)
  await new Promise((resolve) => server.close(resolve))
  await expect(mailerTo(port).send(message, never)).rejects.toBeInstanceOf(TemporaryFailure)
})

test('a server that stalls does not hold a worker that must stop', async () => {
  const sockets: net.Socket[] = []
  const server = net.createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const stop = new AbortController()
  const sent = mailerTo((server.address() as AddressInfo).port).send(message, stop.signal)
  await expect.poll(() => sockets.length).toBe(1)
  stop.abort()
  await expect(sent).rejects.toBeInstanceOf(TemporaryFailure)
})

test.each([
  ['a subject', { subject: 'Hello\r\nBcc: everybody@example.com' }],
  ['an address', { to: 'ada@example.com\r\nBcc: everybody@example.com' }],
  ['a list of addresses', { to: 'ada@example.com, eve@example.com' }],
  ['an address with a name', { to: 'Eve <eve@example.com>' }],
])('refuses %s that would be more than one', async (_name, change) => {
  const { received, port } = await startSmtp({})
  await expect(mailerTo(port).send({ ...message, ...change }, never)).rejects.toThrow()
  expect(received).toEqual([])
})

test('without SMTP writes a file for the owner only, and logs its name but not what is in it', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'backlot-mail-'))
  closers.push(() => rm(directory, { recursive: true }))
  const mailboxDir = path.join(directory, 'mailbox')
  const logged: string[] = []
  const log = { info: (fields: object, text: string) => void logged.push(JSON.stringify(fields) + text) }
  const mailer = openMailer({ smtpUrl: undefined, from, mailboxDir, log })
  await mailer.send({ ...message, text: 'the link is secret' }, never)
  await mailer.send({ ...message, text: 'the link is secret' }, never)
  expect(await readdir(mailboxDir)).toEqual([`${message.id}.eml`])
  const file = path.join(mailboxDir, `${message.id}.eml`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(mailboxDir)).mode & 0o777).toBe(0o700)
  expect(await readFile(file, 'utf8')).toContain('the link is secret')
  expect(logged.join('')).toContain(file)
  expect(logged.join('')).not.toContain('secret')
})

test('keeps the newest thousand mails', async () => {
  const mailboxDir = await mkdtemp(path.join(os.tmpdir(), 'backlot-mail-'))
  closers.push(() => rm(mailboxDir, { recursive: true }))
  await mkdir(mailboxDir, { recursive: true })
  const id = (number: number) => `017f0000-0000-7000-8000-${String(number).padStart(12, '0')}`
  await Promise.all(
    Array.from({ length: 1_002 }, (_, index) => writeFile(path.join(mailboxDir, `${id(index)}.eml`), '')),
  )
  await openMailer({ smtpUrl: undefined, from, mailboxDir, log: { info: () => undefined } }).send(
    message,
    never,
  )
  const left = (await readdir(mailboxDir)).sort()
  expect(left).toHaveLength(1_000)
  expect(left[0]).toBe(`${id(3)}.eml`)
  expect(left.at(-1)).toBe(`${message.id}.eml`)
})
