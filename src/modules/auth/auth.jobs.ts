import { z } from 'zod'
import type { Db, Tx } from '../../platform/database/database.ts'
import { defineJob } from '../../platform/jobs/define-job.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { findActiveUser, findOwnerOfAddress, findUsersOfMailbox, type User } from '../users/users.service.ts'
import {
  addressTakenMail,
  confirmAddressMail,
  identityLinkedMail,
  identityUnlinkedMail,
  invitationMail,
  passkeyAddedMail,
  passkeyRemovedMail,
  passwordChangedMail,
  resetPasswordMail,
  secondFactorRemovedMail,
  secondFactorSetMail,
  syncDisabledMail,
  webhookDisabledMail,
} from './account-emails.ts'
import type { VerificationPurpose } from './auth.table.ts'
import { type AuthKeys, derivedToken } from './auth-keys.ts'
import { insertVerification } from './verifications.repository.ts'

const params = z.discriminatedUnion('template', [
  z.object({
    template: z.enum([
      'confirm-address',
      'invitation',
      'password-changed',
      'second-factor-set',
      'second-factor-removed',
      'passkey-added',
      'passkey-removed',
    ]),
    userId: z.uuid(),
  }),
  z.object({
    template: z.enum(['identity-linked', 'identity-unlinked']),
    userId: z.uuid(),
    provider: z.string().max(100),
  }),
  z.object({ template: z.literal('reset-password'), email: z.email() }),
  z.object({
    template: z.literal('webhook-disabled'),
    userId: z.uuid(),
    host: z.string(),
    reason: z.string(),
  }),
  z.object({
    template: z.literal('sync-disabled'),
    userId: z.uuid(),
    name: z.string(),
    host: z.string(),
    reason: z.string(),
  }),
])
type AccountEmail = z.input<typeof params>

export type AccountEmailDeps = {
  db: Db
  mailer: Mailer
  keys: Pick<AuthKeys, 'mailedToken'>
  publicUrl: string
}

const minutesADay = 24 * 60

/**
 * Mails an account. The job only names the template and the account: what is secret, the link's token, follows from the
 * job's id by a key, and so is in no table, and the same when the job runs twice. To whom the mail goes is decided
 * here, so that a request does the same whether an account exists or not.
 */
export const accountEmail = defineJob({
  name: 'email.send',
  queue: 'emails',
  params,
  run: async (deps: AccountEmailDeps, job) => {
    const letter = await compose(deps, job.id, job.params)
    if (letter === undefined) return {}
    await deps.mailer.send({ id: job.id, to: letter.to, ...letter.mail }, job.signal)
    return {}
  },
})

/** Queues a mail in the transaction of what it tells of. The job belongs to nobody: no user sees it in his list. */
export const mailAccount = async (tx: Tx, email: AccountEmail): Promise<void> => {
  await enqueue(tx, accountEmail, email)
}

const compose = async (deps: AccountEmailDeps, jobId: string, email: z.output<typeof params>) => {
  if (email.template === 'reset-password') {
    const link = { page: 'reset-password', purpose: 'reset-password', validMinutes: 60 } as const
    const users = await findUsersOfMailbox(deps.db, email.email)
    const links = await Promise.all(
      users.map(async (user) => ({
        url: await linkFor(deps, jobId, user, link),
        madeAt: user.createdAt,
      })),
    )
    return links.length === 0 ? undefined : { to: email.email, mail: resetPasswordMail(links) }
  }
  const user = await findActiveUser(deps.db, email.userId)
  if (user === undefined) return undefined
  switch (email.template) {
    case 'password-changed':
      return { to: user.email, mail: passwordChangedMail() }
    case 'second-factor-set':
      return { to: user.email, mail: secondFactorSetMail() }
    case 'second-factor-removed':
      return { to: user.email, mail: secondFactorRemovedMail() }
    case 'webhook-disabled':
      return { to: user.email, mail: webhookDisabledMail(email) }
    case 'sync-disabled':
      return { to: user.email, mail: syncDisabledMail(email) }
    case 'passkey-added':
      return { to: user.email, mail: passkeyAddedMail() }
    case 'passkey-removed':
      return { to: user.email, mail: passkeyRemovedMail() }
    case 'identity-linked':
      return { to: user.email, mail: identityLinkedMail(email.provider) }
    case 'identity-unlinked':
      return { to: user.email, mail: identityUnlinkedMail(email.provider) }
    case 'invitation': {
      const link = {
        page: 'reset-password',
        purpose: 'reset-password',
        validMinutes: 7 * minutesADay,
      } as const
      return { to: user.email, mail: invitationMail(await linkFor(deps, jobId, user, link)) }
    }
    case 'confirm-address':
      return composeConfirmation(deps, jobId, user)
  }
}

const composeConfirmation = async (deps: AccountEmailDeps, jobId: string, user: User) => {
  if (user.emailVerifiedAt !== null) return undefined
  if ((await findOwnerOfAddress(deps.db, user.email)) !== undefined) {
    return { to: user.email, mail: addressTakenMail(`${deps.publicUrl}/account/forgot-password`) }
  }
  const link = { page: 'confirm-address', purpose: 'confirm-address', validMinutes: minutesADay } as const
  return { to: user.email, mail: confirmAddressMail(await linkFor(deps, jobId, user, link)) }
}

const linkFor = async (
  { db, keys, publicUrl }: AccountEmailDeps,
  jobId: string,
  user: User,
  { page, purpose, validMinutes }: { page: string; purpose: VerificationPurpose; validMinutes: number },
): Promise<string> => {
  const token = derivedToken(keys.mailedToken, `${purpose} ${jobId} ${user.id}`)
  await insertVerification(db, { purpose, token, userId: user.id, validMinutes })
  return `${publicUrl}/account/${page}?token=${token}`
}
