import { z } from 'zod'
import { invalidateAtCommit } from '../../../platform/cache/cache.ts'
import type { Db } from '../../../platform/database/database.ts'
import { conflict, notFound } from '../../../platform/errors.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import { findActiveUser, findUsersOfMailbox, lockActiveUser, type User } from '../../users/users.service.ts'
import { mailAccount } from '../auth.jobs.ts'
import { deletePasskeysOf } from '../passkeys/passkeys.repository.ts'
import { endSessionsOf } from '../sessions.ts'
import { deleteFactor } from './second-factor.repository.ts'

export type RemovedFactors = { user: User; hadTotp: boolean; passkeys: number }

/**
 * Takes away all that a user needs beside his password, and signs him out everywhere: for whoever has lost it all, by whoever
 * has a shell on the server. Who finds what was lost gets in with nothing of it.
 * Where there is nothing of the kind, nothing happens.
 * @param account an e-mail address, or the id of a user
 * @throws 404 where nobody who may sign in has it, 409 `SEVERAL_ACCOUNTS` where several name an address that none has confirmed
 */
export const removeLostFactors = async (db: Db, account: string): Promise<RemovedFactors> => {
  const { id } = await getOneUser(db, account)
  return db.transaction(async (tx) => {
    const user = await lockActiveUser(tx, id)
    if (user === undefined) throw notFound('user')
    const hadTotp = await deleteFactor(tx, id)
    const passkeys = await deletePasskeysOf(tx, id)
    if (!hadTotp && passkeys === 0) return { user, hadTotp, passkeys }
    await endSessionsOf(tx, id)
    await recordAct(tx, {
      action: 'second-factors:remove',
      target: userTarget(id),
      details: { hadTotp, passkeys },
      by: { kind: 'operator' },
    })
    await mailAccount(tx, { template: 'second-factor-removed', userId: id })
    await invalidateAtCommit(tx, [`user:${id}`])
    return { user, hadTotp, passkeys }
  })
}

const getOneUser = async (db: Db, account: string): Promise<User> => {
  const users = z.uuid().safeParse(account).success
    ? [await findActiveUser(db, account)]
    : await findUsersOfMailbox(db, account.toLowerCase())
  const [user, another] = users
  if (user === undefined) throw notFound('user')
  if (another === undefined) return user
  const ids = users.flatMap((each) => each?.id ?? []).join(', ')
  throw conflict('SEVERAL_ACCOUNTS', `Several accounts name this address. Give the id of one of them: ${ids}`)
}
