import type { Tx } from '../../../platform/database/database.ts'
import { conflict, forbidden } from '../../../platform/errors.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import { addUser, findOwnerOfAddress, lockActiveUser, type User } from '../../users/users.service.ts'
import { mailAccount } from '../auth.jobs.ts'
import { hasSecondFactor } from '../second-factor/check-second-factor.ts'
import { requireOpenSignups } from '../signup.ts'
import { findIdentity, insertIdentity, isUnlinked, noteIdentityUse } from './identities.repository.ts'
import type { Profile } from './provider.ts'

const disabled = () => forbidden('This account is disabled.', 'ACCOUNT_DISABLED')

/**
 * The account of who has signed in at a provider, locked: the one that has this identity; else the owner of the address, if
 * that is safe; else a new one. Accounts that merely name the address are left alone, whoever made them: the new one owns
 * it, and they never will.
 * @throws 403 `ACCOUNT_DISABLED`, 403 `EMAIL_NOT_VERIFIED` for a new identity whose address the provider does not vouch for,
 * 403 `IDENTITY_UNLINKED`, 403 `SIGNUPS_CLOSED` where it would be a new account, 409 `ACCOUNT_EXISTS` for who must sign in and link first
 */
export const findAccount = async (
  tx: Tx,
  deps: { isSignupOpen: () => boolean },
  provider: { name: string; label: string },
  profile: Profile,
): Promise<{ user: User; isNew: boolean }> => {
  const known = await findIdentity(tx, profile)
  if (known !== undefined) {
    const user = await lockActiveUser(tx, known.userId)
    if (user === undefined) throw disabled()
    if (await noteIdentityUse(tx, known.id, profile.email)) return { user, isNew: false }
    // It was taken away while the account was locked by who did that.
    throw forbidden(`${provider.label} has just been taken away from this account.`, 'IDENTITY_UNLINKED')
  }
  const { email, emailVerified } = profile
  if (email === null || !emailVerified) {
    throw forbidden(
      `${provider.label} does not confirm your e-mail address. Confirm it there, or sign up here and link ${provider.label}.`,
      'EMAIL_NOT_VERIFIED',
    )
  }
  const owner = await findOwnerOfAddress(tx, email)
  if (owner === undefined) requireOpenSignups(deps)
  const user =
    owner === undefined ? await newAccount(tx, profile, email) : await join(tx, provider, profile, owner)
  const { issuer, subject } = profile
  if (!(await insertIdentity(tx, { userId: user.id, provider: provider.name, issuer, subject, email }))) {
    throw linkedElsewhere(provider.label)
  }
  const by = { kind: 'user', userId: user.id } as const
  const details = { provider: provider.name }
  const action = owner === undefined ? 'auth:sign-up' : 'identities:link'
  await recordAct(tx, { action, target: userTarget(user.id), details, by })
  return { user, isNew: owner === undefined }
}

const newAccount = (tx: Tx, { name }: Profile, email: string): Promise<User> =>
  addUser(tx, { email, name, role: 'user', emailVerifiedAt: new Date() })

/** Both sides know the address to be his. Whoever has more to lose, or took the provider away, links by hand, after a proof of his own. */
const join = async (
  tx: Tx,
  { label }: { label: string },
  { speaksForMailbox, issuer }: Profile,
  { id }: User,
): Promise<User> => {
  const user = await lockActiveUser(tx, id)
  if (user === undefined) throw disabled()
  const isOrdinary = user.role === 'user' || user.role === 'viewer'
  const mayJoin = speaksForMailbox && isOrdinary && !(await isUnlinked(tx, { userId: id, issuer }))
  if (!mayJoin || (await hasSecondFactor(tx, id))) {
    throw conflict(
      'ACCOUNT_EXISTS',
      `There is an account with your e-mail address. Sign in to it as usual, and link ${label} there.`,
    )
  }
  await mailAccount(tx, { template: 'identity-linked', userId: id, provider: label })
  return user
}

export const linkedElsewhere = (label: string) =>
  conflict('IDENTITY_TAKEN', `Another ${label} account is linked to this account, or this one to another.`)
