import { openText, sealText } from '../../platform/config/sealed-text.ts'
import type { Db, ReadDb, Tx } from '../../platform/database/database.ts'
import { conflict, notFound } from '../../platform/errors.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import type { LiveKeys } from './live-keys.ts'
import { lockLiveProject, projectChannel } from './live-project.ts'
import {
  countOwned,
  countProjects,
  deleteProject as deleteProjectRow,
  findProject,
  insertProject,
  listProjects as listProjectRows,
  updateProject as updateProjectRow,
} from './projects.repository.ts'
import {
  type CreateProject,
  type IngestUrls,
  type ListProjects,
  type UpdateProject,
  viewProject,
  viewStoredProject,
} from './projects.schema.ts'
import type { ProjectRow } from './projects.table.ts'
import { hashStreamKey, hintOf, newStreamKey } from './stream-key.ts'

export type ProjectsDeps = {
  db: Db
  readDb: ReadDb
  notifications: Notifications
  keys: LiveKeys
  /** Lets feeds be sent into private networks, for installations whose receivers are there. */
  allowPrivateDestinations: boolean
  limits: { projectsPerUser: number; destinationsPerProject: number }
  /** Ends the stream of a project that is about to go. */
  endStream: (tx: Tx, projectId: string) => Promise<void>
}

/**
 * Makes a project and its stream key, which only this answer has. The answer that is kept for a repetition with the same
 * `Idempotency-Key` has it sealed, so that a client whose first answer was lost still gets it, and no table does.
 * @throws 409 `TOO_MANY_PROJECTS`
 */
export const createProject = async (
  { db, keys, limits }: ProjectsDeps,
  actor: Actor,
  input: CreateProject,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  authorize(actor, 'projects:create', { name: 'project', ownerId })
  const fingerprint = fingerprintOf('POST /projects', input)
  const { body } = await runOnce(db, { ownerId, key: idempotencyKey, fingerprint }, async (tx) => {
    if ((await countOwned(tx, ownerId)) >= limits.projectsPerUser) throw tooMany(limits.projectsPerUser)
    const { row, streamKey } = await takeProject(tx, keys, ownerId, input)
    const sealedStreamKey = sealText(keys.keptAnswer, streamKey, row.id).toString('base64')
    return { status: 201, body: { ...viewStoredProject(row), sealedStreamKey } }
  })
  const { sealedStreamKey, ...project } = body
  const streamKey = openText(keys.keptAnswer, Buffer.from(sealedStreamKey, 'base64'), project.id)
  return { ...project, streamKey }
}

const tooMany = (most: number) =>
  conflict('TOO_MANY_PROJECTS', `You have ${most} projects, as many as anybody can. Delete one first.`)

const takeProject = async (tx: Tx, keys: LiveKeys, ownerId: string, input: CreateProject) => {
  const { streamKey, ...stored } = chooseStreamKey(keys)
  return {
    streamKey,
    row: await insertProject(tx, { ...settingsOf(input), name: input.name, ownerId, ...stored }),
  }
}

/** A new key, and what is stored of it. */
const chooseStreamKey = ({ streamKeyHash }: LiveKeys) => {
  const streamKey = newStreamKey()
  return {
    streamKey,
    streamKeyHash: hashStreamKey(streamKeyHash, streamKey),
    streamKeyHint: hintOf(streamKey),
  }
}

/** An empty description is none. */
const settingsOf = ({ description, ...settings }: UpdateProject) => ({
  ...settings,
  ...(description === undefined ? {} : { description: description === '' ? null : description }),
})

/** @throws 404 for a project that does not exist and for one that the actor may not see */
export const getProject = async (
  { readDb }: Pick<ProjectsDeps, 'readDb'>,
  actor: Actor,
  id: string,
): Promise<ProjectRow> => {
  const project = await findProject(readDb, id)
  if (project === undefined) throw notFound('project')
  authorize(actor, 'projects:read', { name: 'project', ownerId: project.ownerId })
  return project
}

export const listProjects = async (
  { readDb }: ProjectsDeps,
  actor: Actor,
  query: ListProjects,
  ingest: IngestUrls,
) => {
  const { q, status, limit } = query
  const filter = { ownerId: listedOwner(actor, 'projects:read', query.ownerId), status, q }
  const rows = await listProjectRows(readDb, filter, decodeCursor(query.cursor), limit)
  const total = query.total ? await countProjects(readDb, filter) : undefined
  return pageOf(rows, limit, (row) => viewProject(row, ingest), total)
}

export const updateProject = async (
  deps: ProjectsDeps,
  actor: Actor,
  id: string,
  changes: UpdateProject,
): Promise<ProjectRow> => {
  await requireUpdatable(deps, actor, id)
  return changed(deps, id, await updateProjectRow(deps.db, id, settingsOf(changes)))
}

/**
 * Gives the project another stream key. The old one is worth nothing any more: the live process disconnects who has it.
 */
export const rotateStreamKey = async (
  deps: ProjectsDeps,
  actor: Actor,
  id: string,
): Promise<{ row: ProjectRow; streamKey: string }> => {
  await requireUpdatable(deps, actor, id)
  const { streamKey, ...stored } = chooseStreamKey(deps.keys)
  const row = await deps.db.transaction(async (tx) => {
    const renewed = await updateProjectRow(tx, id, stored)
    if (renewed !== undefined)
      await recordAct(tx, { action: 'projects:rotate-stream-key', target: projectTarget(id) })
    return renewed
  })
  return { row: changed(deps, id, row), streamKey }
}

const projectTarget = (id: string) => ({ type: 'project', id })

/** Deletes a project with its destinations, streams and events. Its live process hears of it and ends the stream. */
export const deleteProject = async (deps: ProjectsDeps, actor: Actor, id: string): Promise<void> => {
  const { ownerId } = await getProject({ readDb: deps.db }, actor, id)
  authorize(actor, 'projects:delete', { name: 'project', ownerId })
  await deps.db.transaction(async (tx) => {
    if ((await lockLiveProject(tx, id)) === undefined) throw notFound('project')
    await deps.endStream(tx, id)
    await deleteProjectRow(tx, id)
    await recordAct(tx, { action: 'projects:delete', target: projectTarget(id), details: { ownerId } })
  })
  deps.notifications.notify(projectChannel, id)
}

const requireUpdatable = async ({ db }: ProjectsDeps, actor: Actor, id: string) => {
  const { ownerId } = await getProject({ readDb: db }, actor, id)
  authorize(actor, 'projects:update', { name: 'project', ownerId })
}

const changed = ({ notifications }: ProjectsDeps, id: string, row: ProjectRow | undefined): ProjectRow => {
  if (row === undefined) throw notFound('project')
  notifications.notify(projectChannel, id)
  return row
}
