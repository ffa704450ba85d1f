import { z } from 'zod'

/** A header's value: a line break in it would begin another header. */
const headerText = z
  .string()
  .max(300)
  .regex(/^\P{Cc}*$/u, 'No control characters.')

export const mailMessage = z.object({
  /** Becomes the Message-ID: a mail that is sent twice can be recognised. */
  id: z.uuid(),
  to: z.email().max(254),
  subject: headerText,
  text: z.string().max(100_000),
  html: z.string().max(100_000),
})
export type MailMessage = z.infer<typeof mailMessage>

/** RFC 5322, 3.6.4: at the right of the @ stands who makes it unique, at the left what. */
export const messageId = (id: string, from: string): string => {
  const [, host = 'localhost'] = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from) ?? []
  return `<${id}@${host}>`
}
