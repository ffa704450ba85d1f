import nodemailer from 'nodemailer'
import { PermanentFailure, TemporaryFailure } from '../jobs/job-failure.ts'
import { type MailMessage, messageId } from './mail-message.ts'

const connectTimeoutMs = 10_000
const silenceTimeoutMs = 20_000
/** Also ends a server that answers, but slower and slower. */
const wholeTimeoutMs = 60_000

/** Sends by SMTP, a connection a mail. With `smtp://` it changes to TLS when the server offers it, with `smtps://` it begins so. */
export const smtpMailer = ({ smtpUrl, from }: { smtpUrl: string; from: string }) => {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: silenceTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ id, ...message }: MailMessage, signal: AbortSignal): Promise<void> {
      try {
        const sent = transport.sendMail({ ...message, from, messageId: messageId(id, from) })
        await orAborted(sent, AbortSignal.any([signal, AbortSignal.timeout(wholeTimeoutMs)]))
      } catch (error) {
        throw toFailure(error)
      }
    },
    close: () => transport.close(),
  }
}

const orAborted = async (sent: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    await Promise.race([sent, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * RFC 5321, 4.2.1: 5yz is a refusal for good, 4yz one for now. A refused sign-in is ours to mend, so the mail may wait for it.
 * What the server said stays in the log.
 */
const toFailure = (cause: unknown): Error => {
  const reply = cause instanceof Error && 'responseCode' in cause ? Number(cause.responseCode) : 0
  const isSignIn = cause instanceof Error && 'code' in cause && cause.code === 'EAUTH'
  if (reply >= 500 && !isSignIn) {
    return new PermanentFailure('MAIL_REFUSED', 'The mail server refused the mail.', { cause })
  }
  return new TemporaryFailure('MAIL_NOT_SENT', 'The mail could not be sent right now.', { cause })
}
