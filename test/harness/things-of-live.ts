import type { LiveKeys } from '../../src/modules/projects/live-keys.ts'
import { setLiveStream } from '../../src/modules/projects/live-project.ts'
import { insertProject } from '../../src/modules/projects/projects.repository.ts'
import { destinations, projects } from '../../src/modules/projects/projects.table.ts'
import { hashStreamKey, newStreamKey } from '../../src/modules/projects/stream-key.ts'
import { appendEvents } from '../../src/modules/streams/live-events.ts'
import { insertStream } from '../../src/modules/streams/streams.repository.ts'
import { sealText } from '../../src/platform/config/sealed-text.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import { onlyRow } from '../../src/platform/database/database.ts'
import { newId } from '../../src/platform/database/new-id.ts'

/** A project that is not live, with a destination that is wanted and one that is not. */
export const makeProject = async (tx: Tx, ownerId: string, keys: LiveKeys) => {
  const streamKeyHash = hashStreamKey(keys.streamKeyHash, newStreamKey())
  const project = { ownerId, name: 'Show', streamKeyHash, streamKeyHint: 'abcd' }
  const { id: projectId } = onlyRow(await tx.insert(projects).values(project).returning())
  const add = async (position: number, enabled: boolean) => {
    const id = await newId(tx)
    const sealedStreamKey = sealText(keys.destinationKey, 'abcd-efgh-1234', id)
    const platform = { name: 'Mine', platform: 'custom', url: 'rtmp://live.example.com/app' } as const
    const state = enabled ? 'idle' : 'stopped'
    await tx.insert(destinations).values({
      ...platform,
      id,
      projectId,
      sealedStreamKey,
      streamKeyHint: '1234',
      position,
      enabled,
      state,
    })
    return id
  }
  return { projectId, destinationId: await add(0, true), stoppedDestinationId: await add(1, false) }
}

/** A project whose feed another server has just now. */
export const makeLiveProject = async (tx: Tx, ownerId: string, { streamKeyHash }: LiveKeys) => {
  const streamKey = newStreamKey()
  const key = { streamKeyHash: hashStreamKey(streamKeyHash, streamKey), streamKeyHint: streamKey.slice(-4) }
  const { id: projectId } = await insertProject(tx, { ownerId, name: 'A show', ...key })
  const stream = await insertStream(tx, { projectId, ownerId, source: 'external' })
  await setLiveStream(tx, projectId, stream.id)
  await appendEvents(tx, stream, [
    { type: 'stream.live', streamId: stream.id, data: {}, at: stream.startedAt },
  ])
  return { projectId, streamId: stream.id, streamKey }
}
