import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import nodemailer from 'nodemailer'
import { type MailMessage, messageId } from './mail-message.ts'

const mostMails = 1_000

/**
 * Writes each mail as a file that mail programs open, for installations without SMTP. Mails hold links that sign in, so only
 * the owner of the files may read them, and the log only names the file. The oldest go when there are too many.
 */
export const mailboxFolder = ({
  from,
  mailboxDir,
  log,
}: {
  from: string
  mailboxDir: string
  log: { info: (fields: object, text: string) => void }
}) => {
  const composer = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ id, ...message }: MailMessage): Promise<void> {
      const { message: bytes } = await composer.sendMail({ ...message, from, messageId: messageId(id, from) })
      await mkdir(mailboxDir, { recursive: true, mode: 0o700 })
      // Ids sort by time, and a mail that is sent twice is one file.
      const file = path.join(mailboxDir, `${id}.eml`)
      await writeFile(`${file}.part`, bytes, { mode: 0o600 })
      await rename(`${file}.part`, file)
      log.info({ file }, 'mail written, since no SMTP_URL is set')
      await deleteOldest(mailboxDir)
    },
    close: () => composer.close(),
  }
}

const deleteOldest = async (directory: string) => {
  const mails = (await readdir(directory)).filter((name) => name.endsWith('.eml')).sort()
  await Promise.all(
    mails
      .slice(0, Math.max(0, mails.length - mostMails))
      .map((name) => rm(path.join(directory, name), { force: true })),
  )
}
