import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Lock } from '@tus/server'
import type { Db } from '../../../platform/database/database.ts'
import { AppError } from '../../../platform/errors.ts'
import type { DraftProgress } from '../../../platform/storage/storage.ts'
import { keepLock, leaseMs, releaseLock, takeLock } from './tus.repository.ts'

const renewEveryMs = 1_500
const askEveryMs = 200
/** Longer than it takes the holder to hear that it is waited for, and shorter than clients wait. */
const longestWaitMs = 8_000

export const uploadLocked = () =>
  new AppError(423, 'UPLOAD_LOCKED', 'Another request works at this upload. Try again soon.', {
    retryAfterSeconds: 2,
  })

/**
 * One request at a time works at an upload, in whichever process. The lock is in the database and is renewed: that of a process
 * that died is free after six seconds. Who waits for it is heard by whoever holds it, whose client may be gone without a sign.
 */
export class TusLock implements Lock {
  readonly #db: Db
  readonly #uploadId: string
  readonly #id = randomUUID()
  #renewal: NodeJS.Timeout | undefined
  #keptAtMs = 0

  constructor(db: Db, uploadId: string) {
    this.#db = db
    this.#uploadId = uploadId
  }

  /** @throws 423 `UPLOAD_LOCKED` */
  async lock(signal: AbortSignal, letGo: () => Promise<void> | void): Promise<void> {
    const giveUpAtMs = performance.now() + longestWaitMs
    for (;;) {
      const askedAtMs = performance.now()
      if (await takeLock(this.#db, this.#uploadId, this.#id)) {
        this.#keptAtMs = askedAtMs
        break
      }
      if (signal.aborted || performance.now() > giveUpAtMs) throw uploadLocked()
      await wait(askEveryMs)
    }
    this.#renewal = setInterval(() => {
      // What fails here shows in `save`: the lock grows old.
      this.#keep()
        .then((isWanted) => (isWanted === false ? undefined : letGo()))
        .catch(() => undefined)
    }, renewEveryMs)
  }

  async unlock(): Promise<void> {
    clearInterval(this.#renewal)
    await releaseLock(this.#db, this.#uploadId, this.#id)
  }

  /** @throws 423 when the lock may be another's by now: then nothing may be written any more */
  refuseWhenLost(): void {
    if (performance.now() - this.#keptAtMs > leaseMs - renewEveryMs) throw uploadLocked()
  }

  /** Notes how far the upload is. @throws 423 when the lock is another's */
  async save(progress: DraftProgress): Promise<void> {
    if ((await this.#keep(progress)) === undefined) throw uploadLocked()
  }

  async #keep(progress?: DraftProgress): Promise<boolean | undefined> {
    const askedAtMs = performance.now()
    const isWanted = await keepLock(this.#db, this.#uploadId, this.#id, progress)
    if (isWanted !== undefined) this.#keptAtMs = askedAtMs
    return isWanted
  }
}
