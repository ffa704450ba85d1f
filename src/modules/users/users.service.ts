import type { Db, Executor, ReadDb, Tx } from '../../platform/database/database.ts'
import { violatedConstraint } from '../../platform/database/infrastructure-error.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import { pageAfter, placeOf } from '../../platform/http/sorted-paging.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import {
  countAdmins,
  countUsers,
  findNames,
  findUser,
  findUserByConfirmedEmail,
  findUsers,
  insertUser,
  listUsers as listUserRows,
  listUsersByEmail,
  lockUser,
  type NewUser,
  type UserOrder,
  updateUser,
} from './users.repository.ts'
import { type ListUsers, type UserSort, userSortKinds, viewUserAs } from './users.schema.ts'
import type { UserRow } from './users.table.ts'

export type User = UserRow

/**
 * Of himself everybody reads the newest state, which others may have changed, and mailed links.
 * @throws 404 for a user who does not exist and for one whom the actor may not see
 */
export const getUser = async (
  { db, readDb }: { db: Db; readDb: ReadDb },
  actor: Actor,
  id: string,
): Promise<User> => {
  authorize(actor, 'users:read', { name: 'user', ownerId: id })
  const user = await findUser(actor.userId === id ? db : readDb, id)
  if (user === undefined) throw notFound('user')
  return user
}

export const listUsers = async ({ readDb }: { readDb: ReadDb }, actor: Actor, query: ListUsers) => {
  const { q: search, role, disabled, limit, sort, fields, offset = 0 } = query
  const filter = { id: listedOwner(actor, 'users:read'), search, role, disabled }
  const order = orderOf(sort)
  const start = { place: placeOf(query, sort, userSortKinds[order.by]), offset, limit }
  const rows = await listUserRows(readDb, filter, order, start)
  const total = query.total ? await countUsers(readDb, filter) : undefined
  const page = pageAfter(rows, { limit, sort, total }, (row) => keyOf(row, order.by))
  const data = rows.slice(0, limit).map((row) => viewUserAs(row, fields))
  return { success: true as const, data, page }
}

const orderOf = (sort: ListUsers['sort']): UserOrder => {
  const name = sort.replace('-', '')
  const by = name === 'name' || name === 'email' ? name : 'createdAt'
  return { by, descending: sort.startsWith('-') }
}

const keyOf = ({ name, email }: User, by: UserSort) => ({ createdAt: null, name: name ?? '', email })[by]

/** The user, if he may sign in. */
export const findActiveUser = async (executor: Executor, id: string): Promise<User | undefined> => {
  const user = await findUser(executor, id)
  return user?.disabledAt === null ? user : undefined
}

/** The same, and nobody can disable or delete him until the transaction ends. */
export const lockActiveUser = async (tx: Tx, id: string): Promise<User | undefined> => {
  const user = await lockUser(tx, id)
  return user?.disabledAt === null ? user : undefined
}

/** The account that has confirmed the address, disabled or not. */
export const findOwnerOfAddress = (executor: Executor, email: string): Promise<User | undefined> =>
  findUserByConfirmedEmail(executor, email)

/** As many as one network address can make for an e-mail address at once. */
const mostUsersOfMailbox = 10

/**
 * Whoever a mail to this address can be for, if he may sign in: its owner alone, else all who name it, newest first.
 * Which of those is the reader's own only he knows: strangers may have signed up before and after him.
 */
export const findUsersOfMailbox = async (executor: Executor, email: string): Promise<User[]> => {
  const owner = await findOwnerOfAddress(executor, email)
  if (owner === undefined) return listUsersByEmail(executor, email, mostUsersOfMailbox)
  return owner.disabledAt === null ? [owner] : []
}

/** Of accounts that share address and password, the one to sign in to: enabled, confirmed, newest, in this order. */
export const findUserToSignIn = async (executor: Executor, ids: string[]): Promise<User | undefined> => {
  if (ids.length === 0) return undefined
  const rank = (user: User) =>
    [user.disabledAt === null ? 1 : 0, user.emailVerifiedAt === null ? 0 : 1, user.id].join(' ')
  const candidates = await findUsers(executor, ids)
  return candidates.reduce<User | undefined>(
    (best, user) => (best === undefined || rank(user) > rank(best) ? user : best),
    undefined,
  )
}

/** What the cache shows to everybody of users and of what goes with them carries this. */
export const authorsTag = 'authors'

/** Their names, by id, for showing who made something. Null for who has none. */
export const findUserNames = async (db: ReadDb, ids: string[]): Promise<Map<string, string | null>> => {
  const named = ids.length === 0 ? [] : await findNames(db, ids)
  return new Map(named.map(({ id, name }) => [id, name]))
}

export const hasAdmin = async (executor: Executor): Promise<boolean> => (await countAdmins(executor)) > 0

/** @throws 409 `EMAIL_TAKEN` when the new account is to own an address that another one owns */
export const addUser = (executor: Executor, user: NewUser): Promise<User> =>
  refusingTakenAddress(insertUser(executor, user))

/**
 * Makes the account the owner of its address.
 * @throws 409 `EMAIL_TAKEN` when another account is
 */
export const confirmAddress = async (tx: Tx, id: string): Promise<User> => {
  const user = await lockUser(tx, id)
  if (user === undefined) throw notFound('user')
  if (user.emailVerifiedAt !== null) return user
  return (await refusingTakenAddress(updateUser(tx, id, { emailVerifiedAt: new Date() }))) ?? user
}

const refusingTakenAddress = async <T>(change: Promise<T>): Promise<T> => {
  try {
    return await change
  } catch (error) {
    if (violatedConstraint(error, '23505') !== 'users_verified_email') throw error
    throw conflict('EMAIL_TAKEN', 'Another account has this e-mail address.')
  }
}
