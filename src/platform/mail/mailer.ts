import { SpanKind } from '@opentelemetry/api'
import { inSpan } from '../observability/tracing.ts'
import { type MailMessage, mailMessage } from './mail-message.ts'
import { mailboxFolder } from './mailbox-folder.ts'
import { smtpMailer } from './smtp-mailer.ts'

export type MailerOptions = {
  smtpUrl: string | undefined
  /** The sender, `Name <address>` or an address. */
  from: string
  /** Where mails are written when there is no SMTP server. */
  mailboxDir: string
  log: { info: (fields: object, text: string) => void }
}

export type Mailer = ReturnType<typeof openMailer>

/** Sends by SMTP when there is a server, else into a folder. */
export const openMailer = ({ smtpUrl, from, mailboxDir, log }: MailerOptions) => {
  const way = smtpUrl === undefined ? mailboxFolder({ from, mailboxDir, log }) : smtpMailer({ smtpUrl, from })
  return {
    /**
     * Resolves when the mail has been taken.
     * @throws PermanentFailure when it never will be, TemporaryFailure when it may be later
     */
    send: async (message: MailMessage, signal: AbortSignal): Promise<void> =>
      inSpan('send mail', { kind: SpanKind.CLIENT }, () => way.send(mailMessage.parse(message), signal)),
    close: way.close,
  }
}
