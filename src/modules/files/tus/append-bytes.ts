import type { Draft, Drafts } from '../../../platform/storage/storage.ts'
import type { TusLock } from './tus-lock.ts'

/** So much, or what comes between two commits, is at most sent again after a process died. */
const committedBytes = 16 * 1_024 ** 2

/**
 * Appends a body to a draft, and returns how far the upload is then. What arrived stays, however the body ends.
 * @throws 423 when the lock may be another's, 409 `UPLOAD_LOST`, 503, 507
 */
export const appendBytes = async (
  drafts: Drafts,
  lock: TusLock,
  draft: Draft,
  body: AsyncIterable<Uint8Array>,
): Promise<number> => {
  await using writer = await drafts.open(draft)
  let [position, committed, committedAtMs] = [draft.receivedBytes, draft.receivedBytes, performance.now()]
  const commit = async () => {
    lock.refuseWhenLost()
    await writer.commit((progress) => lock.save(progress))
    committed = position
    committedAtMs = performance.now()
  }
  const broken: { cause?: unknown } = {}
  for await (const chunk of untilBroken(body, broken)) {
    lock.refuseWhenLost()
    await writer.write(chunk)
    position += chunk.byteLength
    const isDue = performance.now() - committedAtMs >= drafts.commitEveryMs
    if (isDue || position - committed >= committedBytes) await commit()
  }
  if (position > committed) await commit()
  if ('cause' in broken) throw broken.cause
  return position
}

/** Ends where the body breaks, and notes why: what came before is to be kept first. */
async function* untilBroken(body: AsyncIterable<Uint8Array>, broken: { cause?: unknown }) {
  try {
    yield* body
  } catch (cause) {
    broken.cause = cause
  }
}
