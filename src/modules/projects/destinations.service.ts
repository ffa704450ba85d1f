import { createHmac } from 'node:crypto'
import { sealText } from '../../platform/config/sealed-text.ts'
import type { ReadDb, Tx } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { conflict, invalidField, notFound } from '../../platform/errors.ts'
import { ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import type { PageRequest } from '../../platform/http/paging.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { isSameServer, refusePrivateHost } from './destination-url.ts'
import {
  countDestinations,
  type DestinationChanges,
  deleteDestination as deleteDestinationRow,
  findDestination,
  findLastPosition,
  insertDestination,
  listDestinations as listDestinationRows,
  listDestinationsOf,
  lockDestination,
  updateDestination as updateDestinationRow,
} from './destinations.repository.ts'
import {
  type CreateDestination,
  type DestinationView,
  lastPosition,
  readCursor,
  type UpdateDestination,
  viewDestination,
  writeCursor,
} from './destinations.schema.ts'
import type { LiveKeys } from './live-keys.ts'
import { projectChannel } from './live-project.ts'
import { platformIngest } from './platforms.ts'
import { lockProject } from './projects.repository.ts'
import { getProject, type ProjectsDeps } from './projects.service.ts'
import type { DestinationRow } from './projects.table.ts'
import { hintOf } from './stream-key.ts'

/**
 * Adds a destination to a project; one that is live begins to send to it.
 * @throws 409 `TOO_MANY_DESTINATIONS`, 422 for an address that no platform has
 */
export const createDestination = async (
  deps: ProjectsDeps,
  actor: Actor,
  projectId: string,
  input: CreateDestination,
  idempotencyKey: string | undefined,
) => {
  const project = await getProject({ readDb: deps.db }, actor, projectId)
  authorize(actor, 'projects:update', { name: 'project', ownerId: project.ownerId })
  const { streamKey, ...content } = input
  // A plain hash of a short key could be tried out.
  const keyed = createHmac('sha256', deps.keys.keptAnswer).update(streamKey).digest('base64url')
  const fingerprint = fingerprintOf(`POST /projects/${project.id}/destinations`, { ...content, keyed })
  const request = { ownerId: actor.userId, key: idempotencyKey, fingerprint }
  const answer = await runOnce(deps.db, request, async (tx) => ({
    status: 201,
    body: ok(viewDestination(await takeDestination(tx, deps, project.id, input))),
  }))
  deps.notifications.notify(projectChannel, project.id)
  return answer.body
}

const takeDestination = async (
  tx: Tx,
  { keys, limits, allowPrivateDestinations }: ProjectsDeps,
  projectId: string,
  input: CreateDestination,
): Promise<DestinationRow> => {
  const url = addressOf(input)
  refusePrivateHost(url, allowPrivateDestinations)
  // Its lock keeps others from adding at the same time.
  if ((await lockProject(tx, projectId)) === undefined) throw notFound('project')
  if ((await countDestinations(tx, projectId)) >= limits.destinationsPerProject) {
    const most = limits.destinationsPerProject
    throw conflict('TOO_MANY_DESTINATIONS', `The project has ${most} destinations, as many as one can have.`)
  }
  const { name, platform, streamKey, enabled = true } = input
  const id = await newId(tx)
  const behindAll = Math.min(((await findLastPosition(tx, projectId)) ?? -1) + 1, lastPosition)
  return insertDestination(tx, {
    ...{ id, projectId, name, platform, url, enabled, position: input.position ?? behindAll },
    ...storedKey(keys, id, streamKey),
    state: enabled ? 'idle' : 'stopped',
  })
}

const addressOf = ({ platform, url }: CreateDestination): string => {
  if (url !== undefined) return url
  if (platform !== 'custom') return platformIngest[platform]
  throw invalidField('url', 'required', 'A custom destination needs an address.')
}

const storedKey = ({ destinationKey }: LiveKeys, id: string, streamKey: string) => ({
  sealedStreamKey: sealText(destinationKey, streamKey, id),
  streamKeyHint: hintOf(streamKey),
})

/** @throws 404 for a destination that does not exist and for one that the actor may not see */
export const getDestination = async (
  { readDb }: Pick<ProjectsDeps, 'readDb'>,
  actor: Actor,
  id: string,
): Promise<DestinationRow & { ownerId: string }> => {
  const found = await findDestination(readDb, id)
  if (found === undefined) throw notFound('destination')
  const { destination, ownerId } = found
  authorize(actor, 'projects:read', { name: 'destination', ownerId })
  return { ...destination, ownerId }
}

export const listDestinations = async (
  deps: ProjectsDeps,
  actor: Actor,
  projectId: string,
  { limit, cursor, total }: PageRequest,
) => {
  const { id } = await getProject(deps, actor, projectId)
  const rows = await listDestinationRows(deps.readDb, id, readCursor(cursor), limit)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    success: true as const,
    data: shown.map(viewDestination),
    page: {
      nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null,
      limit,
      ...(total ? { total: await countDestinations(deps.readDb, id) } : {}),
    },
  }
}

/** The destinations of projects that the caller has been allowed to see, each project's in its owner's order. */
export const showDestinationsOf = async (readDb: ReadDb, projectIds: string[]): Promise<DestinationView[]> =>
  projectIds.length === 0 ? [] : (await listDestinationsOf(readDb, projectIds)).map(viewDestination)

/**
 * @throws 422 when it would send the key that is stored to another server: who may change a destination need not know
 * its key
 */
export const updateDestination = (
  deps: ProjectsDeps,
  actor: Actor,
  id: string,
  { streamKey, ...changes }: UpdateDestination,
): Promise<DestinationRow> =>
  changeDestination(deps, actor, id, (before) => {
    const { url } = changes
    if (url !== undefined) refusePrivateHost(url, deps.allowPrivateDestinations)
    if (url !== undefined && streamKey === undefined && !isSameServer(url, before.url)) {
      throw invalidField('streamKey', 'required', 'An address on another server needs its stream key.')
    }
    const moves = streamKey !== undefined || (url !== undefined && url !== before.url)
    return {
      ...changes,
      ...(streamKey === undefined ? {} : storedKey(deps.keys, before.id, streamKey)),
      ...(moves ? { revision: before.revision + 1 } : {}),
    }
  })

/** Sends the feed there; where that fails, tries again at once. */
export const startDestination = (deps: ProjectsDeps, actor: Actor, id: string): Promise<DestinationRow> =>
  changeDestination(deps, actor, id, ({ enabled, state, revision }) => ({
    ...(enabled ? {} : { enabled: true }),
    ...(state === 'errored' || state === 'reconnecting' ? { revision: revision + 1 } : {}),
  }))

export const stopDestination = (deps: ProjectsDeps, actor: Actor, id: string): Promise<DestinationRow> =>
  changeDestination(deps, actor, id, ({ enabled }) => (enabled ? { enabled: false } : {}))

const changeDestination = async (
  deps: ProjectsDeps,
  actor: Actor,
  id: string,
  change: (before: DestinationRow) => DestinationChanges,
): Promise<DestinationRow> => {
  const projectId = await requireUpdatable(deps, actor, id)
  const row = await deps.db.transaction(async (tx) => {
    const project = await lockProject(tx, projectId)
    const before = await lockDestination(tx, id)
    if (project === undefined || before === undefined) throw notFound('destination')
    const wanted = change(before)
    const resting = project.liveStreamId === null ? restingState({ ...before, ...wanted }) : {}
    const changes = { ...wanted, ...resting }
    return Object.keys(changes).length === 0 ? before : updateDestinationRow(tx, id, changes)
  })
  deps.notifications.notify(projectChannel, projectId)
  return row
}

/** While nothing is live there is nothing to observe: what is wanted says how it is. */
const restingState = ({ enabled, state }: DestinationRow): DestinationChanges => {
  const resting = enabled ? 'idle' : 'stopped'
  if (state === resting) return {}
  return { state: resting, stateCode: null, stateMessage: null, stateChangedAt: new Date(), bitrate: 0 }
}

export const deleteDestination = async (deps: ProjectsDeps, actor: Actor, id: string): Promise<void> => {
  const projectId = await requireUpdatable(deps, actor, id)
  await deps.db.transaction(async (tx) => {
    if (!(await deleteDestinationRow(tx, id))) throw notFound('destination')
    const target = { type: 'destination', id }
    await recordAct(tx, { action: 'destinations:delete', target, details: { projectId } })
  })
  deps.notifications.notify(projectChannel, projectId)
}

const requireUpdatable = async ({ db }: ProjectsDeps, actor: Actor, id: string): Promise<string> => {
  const { ownerId, projectId } = await getDestination({ readDb: db }, actor, id)
  authorize(actor, 'projects:update', { name: 'destination', ownerId })
  return projectId
}
