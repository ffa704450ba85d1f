import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { violatedConstraint } from '../../platform/database/infrastructure-error.ts'
import { newId } from '../../platform/database/new-id.ts'
import { conflict, invalidField, notFound } from '../../platform/errors.ts'
import { ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../platform/http/paging.ts'
import { hostFault } from '../../platform/net/guarded-lookup.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner, type Permission, requireGrant } from '../auth/permissions.ts'
import { getDataset } from '../datasets/datasets.service.ts'
import { canBeSynced } from '../datasets/synced-dataset.ts'
import { type JobsDeps, type RetryGuard, stopUnlessEnded } from '../jobs/jobs.service.ts'
import { startRun } from './start-runs.ts'
import { sealHeaders } from './sync-headers.ts'
import { turnAfter } from './sync-timing.ts'
import { runSync } from './syncs.jobs.ts'
import {
  countForOneMore,
  countRuns,
  countSyncs,
  deleteSyncRow,
  findSync,
  findUnfinishedRun,
  insertSync,
  listRuns as listRunRows,
  listSyncs as listSyncRows,
  lockSync,
  type SyncChanges,
  updateSync as updateSyncRow,
} from './syncs.repository.ts'
import { type CreateSync, type UpdateSync, viewRun, viewStarted, viewSync } from './syncs.schema.ts'
import type { SyncRow } from './syncs.table.ts'

export type SyncsDeps = JobsDeps & {
  readDb: ReadDb
  /** Seals the headers: 32 bytes, for nothing else. */
  sealingKey: Buffer
  /** Lets sources be in a private network. */
  allowPrivateAddresses: boolean
}

const mostSyncs = 20

/**
 * Adds a sync, whose first turn is at once.
 * @throws 404 for a dataset that the actor may not see, 409 with too many syncs and for a dataset that has one, 422
 */
export const createSync = async (
  deps: SyncsDeps,
  actor: Actor,
  input: CreateSync,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  authorize(actor, 'syncs:create', { name: 'sync', ownerId })
  authorize(actor, 'datasets:create', { name: 'dataset', ownerId })
  requirePublicHost(deps, input.url)
  const once = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /syncs', input) }
  const { body, replayed } = await runOnce(deps.db, once, async (tx) => {
    if ((await countForOneMore(tx, ownerId)) >= mostSyncs) throw tooManySyncs()
    if (input.datasetId !== undefined) await requireTarget(tx, actor, input.datasetId)
    const id = await newId(tx)
    const { headers, ...columns } = input
    const ownsDataset = input.datasetId === undefined
    await insertSync(tx, {
      ...columns,
      ...sealHeaders(deps.sealingKey, id, headers),
      id,
      ownerId,
      ownsDataset,
    })
    return { status: 201, body: { id } }
  }).catch(explainConflict)
  return { sync: await getSync({ readDb: deps.db }, actor, body.id, 'syncs:create'), replayed }
}

const tooManySyncs = () =>
  conflict('TOO_MANY_SYNCS', `You have ${mostSyncs} syncs, which is as many as there may be.`)

const explainConflict = (error: unknown): never => {
  if (violatedConstraint(error, '23505') !== 'syncs_dataset') throw error
  throw conflict('DATASET_HAS_SYNC', 'Another sync pulls its source into this dataset.')
}

const requirePublicHost = ({ allowPrivateAddresses }: SyncsDeps, url: string | undefined) => {
  if (url === undefined || allowPrivateAddresses) return
  const fault = hostFault(new URL(url).hostname)
  if (fault !== undefined) throw invalidField('url', 'private_address', fault)
}

/** Its rows will be changed: so only the actor's own. */
const requireTarget = async (tx: Tx, actor: Actor, datasetId: string): Promise<void> => {
  const dataset = await getDataset({ readDb: tx }, actor, datasetId)
  if (dataset.ownerId !== actor.userId) throw notFound('dataset')
  if (!canBeSynced(dataset)) {
    throw invalidField('datasetId', 'not_fitting', 'Give a dataset that was uploaded, and is complete.')
  }
}

/** @throws 404 for a sync that does not exist and for one that the actor may not see, 403 for what it may only see */
export const getSync = async (
  { readDb }: Pick<SyncsDeps, 'readDb'>,
  actor: Actor,
  id: string,
  permission: Permission = 'syncs:read',
): Promise<SyncRow> => {
  const sync = await findSync(readDb, id)
  if (sync === undefined) throw notFound('sync')
  authorize(actor, permission, { name: 'sync', ownerId: sync.ownerId })
  return sync
}

export const listSyncs = async ({ readDb }: SyncsDeps, actor: Actor, query: PageRequest) => {
  const ownerId = listedOwner(actor, 'syncs:read')
  const rows = await listSyncRows(readDb, ownerId, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countSyncs(readDb, ownerId) : undefined
  return pageOf(rows, query.limit, viewSync, total)
}

/** Changes a sync. Switching it on or off forgets why Backlot had disabled it, and its failures. */
export const updateSync = async (
  deps: SyncsDeps,
  actor: Actor,
  id: string,
  changes: UpdateSync,
): Promise<SyncRow> => {
  await getSync({ readDb: deps.db }, actor, id, 'syncs:update')
  requirePublicHost(deps, changes.url)
  await deps.db.transaction(async (tx) => {
    const sync = await lockSync(tx, id)
    if (sync === undefined) throw notFound('sync')
    if ((changes.pointer ?? sync.pointer) !== '' && (changes.format ?? sync.format) !== 'json') {
      throw invalidField('pointer', 'not_json', 'Only json has a pointer.')
    }
    await updateSyncRow(tx, id, changesOf(deps, sync, changes))
  })
  return getSync({ readDb: deps.db }, actor, id, 'syncs:update')
}

const changesOf = (
  { sealingKey }: SyncsDeps,
  sync: SyncRow,
  { headers, enabled, timing, ...source }: UpdateSync,
): SyncChanges => {
  const isElsewhere = source.url !== undefined && new URL(source.url).origin !== new URL(sync.url).origin
  const isOther = headers !== undefined || Object.keys(source).some((name) => name !== 'name')
  return {
    ...source,
    // Secrets are for whom they were given: another origin gets none that were not given with it.
    ...(headers === undefined && !isElsewhere ? {} : sealHeaders(sealingKey, sync.id, headers ?? {})),
    ...(isOther ? { revision: sync.revision + 1, etag: null, lastModified: null } : {}),
    ...(timing === undefined ? {} : { timing, nextRunAt: turnAfter(timing, new Date()) }),
    ...(enabled === undefined ? {} : { enabled, disabledReason: null, consecutiveFailures: 0 }),
    ...(enabled === true && !sync.enabled ? { nextRunAt: new Date() } : {}),
  }
}

/** Deletes a sync with its runs. One that runs is cancelled; the dataset stays. */
export const deleteSync = async (deps: SyncsDeps, actor: Actor, id: string): Promise<void> => {
  const { ownerId } = await getSync({ readDb: deps.db }, actor, id, 'syncs:delete')
  const run = await findUnfinishedRun(deps.db, id)
  if (run !== undefined) await stopUnlessEnded(deps, run.jobId)
  await deps.db.transaction(async (tx) => {
    if (!(await deleteSyncRow(tx, id))) throw notFound('sync')
    await recordAct(tx, { action: 'syncs:delete', target: { type: 'sync', id }, details: { ownerId } })
  })
}

/**
 * Runs a sync out of its turn.
 * @throws 409 `SYNC_RUNS` while it does, `SYNC_DISABLED`
 */
export const requestRun = async (
  { db }: { db: Db },
  actor: Actor,
  id: string,
  idempotencyKey: string | undefined,
) => {
  await getSync({ readDb: db }, actor, id, 'syncs:update')
  const fingerprint = fingerprintOf('POST /syncs/:id/run', { id })
  return runOnce(db, { ownerId: actor.userId, key: idempotencyKey, fingerprint }, async (tx) => {
    const sync = await lockSync(tx, id)
    if (sync === undefined) throw notFound('sync')
    if (!sync.enabled) throw conflict('SYNC_DISABLED', 'The sync is disabled.')
    if ((await findUnfinishedRun(tx, id)) !== undefined) throw conflict('SYNC_RUNS', 'The sync runs already.')
    const { runId, jobId } = await startRun(tx, sync, 'request')
    return { status: 202, body: ok(viewStarted(runId, jobId)) }
  })
}

/** Runs show rows of the dataset: an API key that may not read those must not read them here. */
export const listRuns = async ({ readDb }: SyncsDeps, actor: Actor, id: string, query: PageRequest) => {
  await getSync({ readDb }, actor, id)
  requireGrant(actor, 'datasets:read')
  const rows = await listRunRows(readDb, id, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countRuns(readDb, id) : undefined
  return pageOf(rows, query.limit, viewRun, total)
}

/** A run is over when its job is: another one is asked for by its sync. */
export const syncRetryGuards: ReadonlyMap<string, RetryGuard> = new Map([
  [
    runSync.name,
    async () => {
      throw conflict('SYNC_RUN_OVER', 'A run is not repeated. Start another: POST /v1/syncs/{id}/run.')
    },
  ],
])
