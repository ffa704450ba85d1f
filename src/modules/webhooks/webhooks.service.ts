import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { violatedConstraint } from '../../platform/database/infrastructure-error.ts'
import { newId } from '../../platform/database/new-id.ts'
import { conflict, invalidField, notFound } from '../../platform/errors.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import { hostFault } from '../../platform/net/guarded-lookup.ts'
import { recordAct } from '../audit/record-act.ts'
import { lockActor } from '../auth/lock-actor.ts'
import { type Actor, authorize, listedOwner, type Permission, requireGrant } from '../auth/permissions.ts'
import { newSecret, openSecret, sealSecret } from './webhook-secret.ts'
import {
  countWebhooks,
  deleteWebhook as deleteWebhookRow,
  findWebhook,
  insertWebhook,
  listWebhooks as listWebhookRows,
  replaceSecret,
  updateWebhook as updateWebhookRow,
} from './webhooks.repository.ts'
import { type CreateWebhook, type ListWebhooks, type UpdateWebhook, viewWebhook } from './webhooks.schema.ts'
import type { WebhookRow } from './webhooks.table.ts'

export type WebhooksDeps = {
  db: Db
  readDb: ReadDb
  /** Seals the signing secrets: 32 bytes, for nothing else. */
  sealingKey: Buffer
  /** Lets receivers be in a private network. */
  allowPrivateAddresses: boolean
  findProjectOwner: (db: ReadDb, projectId: string) => Promise<string | undefined>
}

const mostWebhooks = 20
const previousSecretHours = 24

/**
 * Adds a webhook. The stored answer of an `Idempotency-Key` holds no secret: a repetition opens it anew.
 * @throws 401 when the actor's session or key has ended meanwhile, 404 for a project that is not his, 409 with too many webhooks, 422 for an address that is not public
 */
export const createWebhook = async (
  deps: WebhooksDeps,
  actor: Actor,
  input: CreateWebhook,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  authorize(actor, 'webhooks:create', { name: 'webhook', ownerId })
  requireMayHear(actor)
  requirePublicHost(deps, input.url)
  const once = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /webhooks', input) }
  const { body, replayed } = await runOnce(deps.db, once, async (tx) => {
    // Two at once must not both count themselves the last.
    await lockActor(tx, actor)
    if ((await countWebhooks(tx, ownerId)) >= mostWebhooks) throw tooManyWebhooks()
    const id = await addWebhook(tx, deps, ownerId, input)
    await recordAct(tx, { action: 'webhooks:create', target: webhookTarget(id), details: toldTo(input) })
    return { status: 201, body: { id } }
  }).catch((error: unknown) => {
    throw violatedConstraint(error, '23503') === 'webhooks_project_fk' ? notFound('project') : error
  })
  return { ...(await showWithSecret(deps, body.id)), replayed }
}

const webhookTarget = (id: string) => ({ type: 'webhook', id })

/** Without path and query, in which receivers like to have secrets. */
const toldTo = ({ url, events }: { url?: string | undefined; events?: string[] | undefined }) => ({
  origin: url && new URL(url).origin,
  events,
})

/**
 * A webhook tells of these: an API key that may not read them must neither have them sent somewhere nor read what was sent.
 * @throws 403 `INSUFFICIENT_SCOPE`
 */
export const requireMayHear = (actor: Actor) => {
  for (const permission of ['posts:read', 'projects:read', 'jobs:read'] as const)
    requireGrant(actor, permission)
}

const tooManyWebhooks = () =>
  conflict('TOO_MANY_WEBHOOKS', `You have ${mostWebhooks} webhooks, which is as many as there may be.`)

const addWebhook = async (
  tx: Tx,
  { sealingKey, findProjectOwner }: WebhooksDeps,
  ownerId: string,
  { projectId, ...input }: CreateWebhook,
): Promise<string> => {
  if (projectId !== undefined && (await findProjectOwner(tx, projectId)) !== ownerId)
    throw notFound('project')
  const id = await newId(tx)
  const sealedSecret = sealSecret(sealingKey, id, newSecret())
  await insertWebhook(tx, { ...input, id, ownerId, projectId, sealedSecret })
  return id
}

const requirePublicHost = ({ allowPrivateAddresses }: WebhooksDeps, url: string | undefined) => {
  if (url === undefined || allowPrivateAddresses) return
  const fault = hostFault(new URL(url).hostname)
  if (fault !== undefined) throw invalidField('url', 'private_address', fault)
}

/** For who has just been allowed to set it. */
const showWithSecret = async ({ db, sealingKey }: WebhooksDeps, id: string) => {
  const webhook = await findWebhook(db, id)
  if (webhook === undefined) throw notFound('webhook')
  return { webhook, secret: openSecret(sealingKey, webhook) }
}

/** @throws 404 for a webhook that does not exist and for one that the actor may not see, 403 for what it may only see */
export const getWebhook = async (
  { readDb }: Pick<WebhooksDeps, 'readDb'>,
  actor: Actor,
  id: string,
  permission: Permission = 'webhooks:read',
): Promise<WebhookRow> => {
  const webhook = await findWebhook(readDb, id)
  if (webhook === undefined) throw notFound('webhook')
  authorize(actor, permission, { name: 'webhook', ownerId: webhook.ownerId })
  return webhook
}

export const listWebhooks = async ({ readDb }: WebhooksDeps, actor: Actor, query: ListWebhooks) => {
  const ownerId = listedOwner(actor, 'webhooks:read', query.ownerId)
  const rows = await listWebhookRows(readDb, ownerId, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countWebhooks(readDb, ownerId) : undefined
  return pageOf(rows, query.limit, viewWebhook, total)
}

/** Changes a webhook. Switching it on or off forgets why Backlot had disabled it, and its failures. */
export const updateWebhook = async (
  deps: WebhooksDeps,
  actor: Actor,
  id: string,
  changes: UpdateWebhook,
): Promise<WebhookRow> => {
  await getWebhook({ readDb: deps.db }, actor, id, 'webhooks:update')
  requireMayHear(actor)
  requirePublicHost(deps, changes.url)
  const { url, events, description, enabled } = changes
  const updated = await deps.db.transaction(async (tx) => {
    const row = await updateWebhookRow(tx, id, { url, events, description, enabled })
    const details = { ...toldTo(changes), enabled }
    if (row !== undefined)
      await recordAct(tx, { action: 'webhooks:update', target: webhookTarget(id), details })
    return row
  })
  if (updated === undefined) throw notFound('webhook')
  return updated
}

/** Deletes a webhook with its deliveries. Their jobs end when they find nothing to deliver. */
export const deleteWebhook = async ({ db }: WebhooksDeps, actor: Actor, id: string): Promise<void> => {
  const { ownerId } = await getWebhook({ readDb: db }, actor, id, 'webhooks:delete')
  await db.transaction(async (tx) => {
    if (!(await deleteWebhookRow(tx, id))) throw notFound('webhook')
    await recordAct(tx, { action: 'webhooks:delete', target: webhookTarget(id), details: { ownerId } })
  })
}

/** Makes a new secret. For 24 hours the one before signs too, so that the receiver can change over. */
export const rotateSecret = async (
  deps: WebhooksDeps,
  actor: Actor,
  id: string,
  idempotencyKey: string | undefined,
) => {
  await getWebhook({ readDb: deps.db }, actor, id, 'webhooks:update')
  requireMayHear(actor)
  const fingerprint = fingerprintOf('POST /webhooks/:id/secret', { id })
  const once = { ownerId: actor.userId, key: idempotencyKey, fingerprint }
  const { replayed } = await runOnce(deps.db, once, async (tx) => {
    const sealed = sealSecret(deps.sealingKey, id, newSecret())
    if (!(await replaceSecret(tx, id, sealed, previousSecretHours))) throw notFound('webhook')
    await recordAct(tx, { action: 'webhooks:rotate-secret', target: webhookTarget(id) })
    return { status: 200, body: { id } }
  })
  return { ...(await showWithSecret(deps, id)), replayed }
}
