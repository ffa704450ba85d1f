import type { ReadDb } from '../../platform/database/database.ts'
import { notFound } from '../../platform/errors.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import { showDestinationsOf } from '../projects/destinations.service.ts'
import { getProject } from '../projects/projects.service.ts'
import {
  countStreamEvents,
  countStreams,
  findStream,
  listStreamEvents as listStreamEventRows,
  listStreams as listStreamRows,
} from './streams.repository.ts'
import {
  type ListRelays,
  type ListStreamEvents,
  type ListStreams,
  readSeqCursor,
  viewLiveEvent,
  viewRelay,
  viewStream,
  writeSeqCursor,
} from './streams.schema.ts'
import type { StreamRow } from './streams.table.ts'

export type StreamsDeps = { readDb: ReadDb }

/** @throws 404 for a stream that does not exist and for one that the actor may not see */
export const getStream = async ({ readDb }: StreamsDeps, actor: Actor, id: string): Promise<StreamRow> => {
  const stream = await findStream(readDb, id)
  if (stream === undefined) throw notFound('stream')
  authorize(actor, 'projects:read', { name: 'stream', ownerId: stream.ownerId })
  return stream
}

/** The streams of a project, newest first. */
export const listStreams = async (
  { readDb }: StreamsDeps,
  actor: Actor,
  projectId: string,
  query: ListStreams,
) => {
  const { id } = await getProject({ readDb }, actor, projectId)
  const { status, limit } = query
  const filter = { projectId: id, status }
  const rows = await listStreamRows(readDb, filter, decodeCursor(query.cursor), limit)
  const total = query.total ? await countStreams(readDb, filter) : undefined
  return pageOf(rows, limit, viewStream, total)
}

/** What happened to a stream, oldest first. */
export const listStreamEvents = async (
  deps: StreamsDeps,
  actor: Actor,
  streamId: string,
  { limit, cursor, total }: ListStreamEvents,
) => {
  const { id } = await getStream(deps, actor, streamId)
  const rows = await listStreamEventRows(deps.readDb, id, readSeqCursor(cursor), limit)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    success: true as const,
    data: shown.map(viewLiveEvent),
    page: {
      nextCursor: rows.length > limit && last !== undefined ? writeSeqCursor(last.seq) : null,
      limit,
      ...(total ? { total: await countStreamEvents(deps.readDb, id) } : {}),
    },
  }
}

/** Every stream that has not ended, newest first, and how it goes to each of its destinations. */
export const listRelays = async ({ readDb }: StreamsDeps, actor: Actor, query: ListRelays) => {
  const { limit } = query
  const filter = { ownerId: listedOwner(actor, 'projects:read', query.ownerId), open: true as const }
  const rows = await listStreamRows(readDb, filter, decodeCursor(query.cursor), limit)
  const projectIds = rows.slice(0, limit).map(({ projectId }) => projectId)
  const destinations = Map.groupBy(await showDestinationsOf(readDb, projectIds), ({ projectId }) => projectId)
  const total = query.total ? await countStreams(readDb, filter) : undefined
  return pageOf(rows, limit, (row) => viewRelay(row, destinations.get(row.projectId) ?? []), total)
}
