import { and, asc, desc, eq, ilike, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import type { Place } from '../../platform/http/sorted-paging.ts'
import type { Role } from '../auth/permissions.ts'
import type { UserSort } from './users.schema.ts'
import { type UserRow, users } from './users.table.ts'

export type NewUser = Pick<UserRow, 'email' | 'name' | 'role' | 'emailVerifiedAt'>
export type UserChanges = Partial<Pick<UserRow, 'name' | 'role' | 'disabledAt' | 'emailVerifiedAt'>>
export type UserFilter = {
  id?: string | undefined
  search?: string | undefined
  role?: Role | undefined
  disabled?: boolean | undefined
}

const findUserStatement = preparedOn((db: ReadDb) =>
  db
    .select()
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('find_user'),
)

export const findUser = async (db: ReadDb, id: string): Promise<UserRow | undefined> => {
  const [user] = await findUserStatement(db).execute({ id })
  return user
}

export const findUsers = (executor: Executor, ids: string[]): Promise<UserRow[]> =>
  executor.select().from(users).where(inArray(users.id, ids))

export const findNames = (db: ReadDb, ids: string[]): Promise<Pick<UserRow, 'id' | 'name'>[]> =>
  db.select({ id: users.id, name: users.name }).from(users).where(inArray(users.id, ids))

/** The account that has confirmed the address. */
export const findUserByConfirmedEmail = async (
  executor: Executor,
  email: string,
): Promise<UserRow | undefined> => {
  const [user] = await executor
    .select()
    .from(users)
    .where(and(eq(users.email, email), isNotNull(users.emailVerifiedAt)))
  return user
}

/** The accounts that name the address and may sign in, newest first. */
export const listUsersByEmail = (executor: Executor, email: string, limit: number): Promise<UserRow[]> =>
  executor
    .select()
    .from(users)
    .where(and(eq(users.email, email), isNull(users.disabledAt)))
    .orderBy(desc(users.id))
    .limit(limit)

export const insertUser = async (executor: Executor, user: NewUser): Promise<UserRow> =>
  onlyRow(await executor.insert(users).values(user).returning())

export const updateUser = async (
  executor: Executor,
  id: string,
  changes: UserChanges,
): Promise<UserRow | undefined> => {
  const [user] = await executor.update(users).set(changes).where(eq(users.id, id)).returning()
  return user
}

export const deleteUser = async (executor: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await executor.delete(users).where(eq(users.id, id))
  return rowCount === 1
}

/** Keeps the user from being changed or deleted until the transaction ends. */
export const lockUser = async (tx: Tx, id: string): Promise<UserRow | undefined> => {
  const [user] = await tx.select().from(users).where(eq(users.id, id)).for('no key update')
  return user
}

/** The ids of all admins who can sign in. Nobody else can change one of them until the transaction ends. */
export const lockAdmins = async (tx: Tx): Promise<string[]> => {
  const admins = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.disabledAt)))
    .orderBy(asc(users.id))
    .for('no key update')
  return admins.map(({ id }) => id)
}

export const countAdmins = (executor: Executor): Promise<number> =>
  executor.$count(users, eq(users.role, 'admin'))

export type UserOrder = { by: UserSort; descending: boolean }
export type PageStart = { place: Place | undefined; offset: number; limit: number }

const sortExpressions = { createdAt: undefined, name: sql`coalesce(${users.name}, '')`, email: users.email }

/** One more than `limit`, so that the caller sees whether there is a next page. */
export const listUsers = (
  db: ReadDb,
  filter: UserFilter,
  { by, descending }: UserOrder,
  { place, offset, limit }: PageStart,
): Promise<UserRow[]> => {
  const key = sortExpressions[by]
  const direction = descending ? desc : asc
  return db
    .select()
    .from(users)
    .where(and(matches(filter), place && isBehind(key, descending, place)))
    .orderBy(...(key === undefined ? [] : [direction(key)]), direction(users.id))
    .offset(offset)
    .limit(limit + 1)
}

const isBehind = (key: SQL | PgColumn | undefined, descending: boolean, place: Place): SQL => {
  const behind = descending ? sql`<` : sql`>`
  if (key === undefined) return sql`${users.id} ${behind} ${place.id}::uuid`
  return sql`(${key}, ${users.id}) ${behind} (${place.key}, ${place.id}::uuid)`
}

export const countUsers = (db: ReadDb, filter: UserFilter): Promise<number> =>
  db.$count(users, matches(filter))

const matches = ({ id, search, role, disabled }: UserFilter): SQL | undefined =>
  and(
    id === undefined ? undefined : eq(users.id, id),
    search === undefined ? undefined : contains(search),
    role === undefined ? undefined : eq(users.role, role),
    disabled === undefined ? undefined : disabled ? isNotNull(users.disabledAt) : isNull(users.disabledAt),
  )

const contains = (search: string) => {
  const pattern = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
  return or(ilike(users.email, pattern), ilike(users.name, pattern))
}
