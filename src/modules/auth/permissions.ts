import { forbidden, notFound } from '../../platform/errors.ts'

export const roles = ['viewer', 'user', 'manager', 'admin'] as const
export type Role = (typeof roles)[number]

export const permissions = [
  'users:read',
  'users:create',
  'users:update',
  'users:delete',
  'generations:create',
  'generations:read',
  'generations:update',
  'generations:delete',
  'datasets:create',
  'datasets:read',
  'datasets:delete',
  'exports:create',
  'exports:read',
  'exports:delete',
  'files:create',
  'files:read',
  'files:delete',
  'jobs:read',
  'jobs:update',
  'notifications:read',
  'posts:create',
  'posts:read',
  'posts:update',
  'posts:delete',
  'projects:create',
  'projects:read',
  'projects:update',
  'projects:delete',
  'reports:create',
  'reports:read',
  'reports:delete',
  'syncs:create',
  'syncs:read',
  'syncs:update',
  'syncs:delete',
  'webhooks:create',
  'webhooks:read',
  'webhooks:update',
  'webhooks:delete',
  'queues:read',
  'queues:update',
  'schedules:read',
  'audit:read',
  'flags:read',
  'flags:update',
  'settings:read',
  'settings:update',
] as const
export type Permission = (typeof permissions)[number]

/** Whose things a permission reaches. */
type Scope = 'own' | 'any'
type Grants = Partial<Record<Permission, Scope>>

const viewer: Grants = {
  'users:read': 'own',
  'users:update': 'own',
  'users:delete': 'own',
  'generations:read': 'own',
  'datasets:read': 'own',
  'exports:read': 'own',
  'files:read': 'own',
  'jobs:read': 'own',
  'notifications:read': 'own',
  'posts:read': 'own',
  'projects:read': 'own',
  'reports:read': 'own',
  'syncs:read': 'own',
  'webhooks:read': 'own',
  'flags:read': 'own',
}

const user: Grants = {
  ...viewer,
  'generations:create': 'own',
  'generations:update': 'own',
  'generations:delete': 'own',
  'datasets:create': 'own',
  'datasets:delete': 'own',
  'exports:create': 'own',
  'exports:delete': 'own',
  'files:create': 'own',
  'files:delete': 'own',
  'jobs:update': 'own',
  'posts:create': 'own',
  'posts:update': 'own',
  'posts:delete': 'own',
  'projects:create': 'own',
  'projects:update': 'own',
  'projects:delete': 'own',
  'reports:create': 'own',
  'reports:delete': 'own',
  'syncs:create': 'own',
  'syncs:update': 'own',
  'syncs:delete': 'own',
  'webhooks:create': 'own',
  'webhooks:update': 'own',
  'webhooks:delete': 'own',
}

const manager: Grants = {
  ...user,
  'users:read': 'any',
  'generations:read': 'any',
  'datasets:read': 'any',
  'exports:read': 'any',
  'files:read': 'any',
  'jobs:read': 'any',
  'posts:read': 'any',
  'posts:update': 'any',
  'posts:delete': 'any',
  'projects:read': 'any',
  'reports:read': 'any',
  'webhooks:read': 'any',
}

const admin: Grants = Object.fromEntries(permissions.map((permission) => [permission, 'any']))

/** Who may do what. What is not listed is denied. */
const grants: Record<Role, Grants> = { viewer, user, manager, admin }

type Identified = { userId: string; role: Role }
/** A user who has signed in. */
export type SessionActor = Identified & { sessionId: string }
/** A program with an API key of a user. `secretHash` says which of the key's secrets it has. */
export type KeyActor = Identified & { keyId: string; secretHash: string; scopes: readonly Permission[] }
/** Who makes a request, as the database knew him when the request came. */
export type Actor = SessionActor | KeyActor
/** Who has permissions: an actor, or a user for whom something is done without a request, such as a job of his. */
export type Holder = Actor | Identified

/**
 * How far a permission reaches for this actor; undefined when it does not have it at all. Everything that asks what
 * somebody may do asks this: an API key has what is among its scopes and what its user's role grants now.
 */
export const scopeOf = (actor: Holder, permission: Permission): Scope | undefined =>
  lacksScope(actor, permission) ? undefined : grants[actor.role][permission]

const lacksScope = (actor: Holder, permission: Permission): boolean =>
  'scopes' in actor && !actor.scopes.includes(permission)

const reaches = (scope: Scope | undefined, actor: Holder, ownerId: string | null): boolean =>
  scope === 'any' || (scope === 'own' && ownerId === actor.userId)

export const can = (actor: Holder, permission: Permission, ownerId: string | null): boolean =>
  reaches(scopeOf(actor, permission), actor, ownerId)

const insufficientScope = (permission: Permission) =>
  forbidden(`This API key does not have the scope ${permission}.`, 'INSUFFICIENT_SCOPE')

/** @throws 403 for an actor who may do this to nothing */
export const requireGrant = (actor: Holder, permission: Permission): void => {
  if (scopeOf(actor, permission) !== undefined) return
  throw grants[actor.role][permission] === undefined ? forbidden() : insufficientScope(permission)
}

/**
 * Some things are for people alone: whatever makes, changes or proves an identity.
 * @throws 403 `SESSION_REQUIRED` for an API key
 */
export const requireSession = (actor: Actor): SessionActor => {
  if ('sessionId' in actor) return actor
  throw forbidden('An API key cannot do this. Sign in.', 'SESSION_REQUIRED')
}

/**
 * Lets the actor do `<resource>:<action>` to a thing of `ownerId`, or throws: 404 where the actor may not even read
 * it, 403 where it may read but not do this. An API key is told which scope it needs where its user may do it.
 * @param name what the thing is called in errors
 */
export const authorize = (
  actor: Holder,
  permission: Permission,
  { name, ownerId }: { name: string; ownerId: string | null },
): void => {
  if (can(actor, permission, ownerId)) return
  if (reaches(grants[actor.role][permission], actor, ownerId)) throw insufficientScope(permission)
  const [resource] = permission.split(':')
  const read = permissions.find((known) => known === `${resource}:read`)
  throw read !== undefined && can(actor, read, ownerId) ? forbidden() : notFound(name)
}

/**
 * Whose things a list may show: undefined for everybody's, else only those of the id.
 * @throws 403 when the actor may list none
 */
export const listedOwner = (actor: Holder, permission: Permission, asked?: string): string | undefined => {
  requireGrant(actor, permission)
  const scope = scopeOf(actor, permission)
  if (scope !== 'any' && asked !== undefined && asked !== actor.userId) throw forbidden()
  return scope === 'any' ? asked : actor.userId
}
