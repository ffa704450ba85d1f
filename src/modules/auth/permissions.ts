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
  'posts:create',
  'posts:read',
  'posts:update',
  'posts:delete',
  'projects:create',
  'projects:read',
  'projects:update',
  'projects:delete',
  'webhooks:create',
  'webhooks:read',
  'webhooks:update',
  'webhooks:delete',
  'queues:read',
  'queues:update',
  'schedules:read',
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
  'posts:read': 'own',
  'projects:read': 'own',
  'webhooks:read': 'own',
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
  'webhooks:read': 'any',
}

const admin: Grants = Object.fromEntries(permissions.map((permission) => [permission, 'any']))

/** Who may do what. What is not listed is denied. */
const grants: Record<Role, Grants> = { viewer, user, manager, admin }

/** Who makes a request: a signed-in user, as the database knew him when the request came. */
export type Actor = { userId: string; role: Role; sessionId: string }

/** How far a permission reaches for this actor; undefined when it does not have it at all. */
export const scopeOf = (actor: Actor, permission: Permission): Scope | undefined =>
  grants[actor.role][permission]

export const can = (actor: Actor, permission: Permission, ownerId: string | null): boolean => {
  const scope = scopeOf(actor, permission)
  return scope === 'any' || (scope === 'own' && ownerId === actor.userId)
}

/**
 * Lets the actor do `<resource>:<action>` to a thing of `ownerId`, or throws: 404 where the actor may not even read
 * it, 403 where it may read but not do this.
 * @param name what the thing is called in errors
 */
export const authorize = (
  actor: Actor,
  permission: Permission,
  { name, ownerId }: { name: string; ownerId: string | null },
): void => {
  if (can(actor, permission, ownerId)) return
  const [resource] = permission.split(':')
  const read = permissions.find((known) => known === `${resource}:read`)
  throw read !== undefined && can(actor, read, ownerId) ? forbidden() : notFound(name)
}

/**
 * Whose things a list may show: undefined for everybody's, else only those of the id.
 * @throws 403 when the actor may list none
 */
export const listedOwner = (actor: Actor, permission: Permission, asked?: string): string | undefined => {
  const scope = scopeOf(actor, permission)
  if (scope === undefined || (scope === 'own' && asked !== undefined && asked !== actor.userId))
    throw forbidden()
  return scope === 'own' ? actor.userId : asked
}
