import { constants, link, open, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../database/infrastructure-error.ts'
import { unlessMissing } from './leftover-files.ts'
import { makeDirectory, syncDirectory, toDiskFault } from './new-file.ts'
import type { Drafts } from './storage.ts'
import { uploadLost } from './storage-faults.ts'

/** Drafts as files of `directory`, on one file system with the objects. */
export const openDiskDrafts = (directory: string, pathOf: (key: string) => string): Drafts => {
  const draftOf = (key: string) => path.join(directory, `growing-${path.basename(pathOf(key))}`)
  return {
    commitEveryMs: 2_000,
    open: async ({ key, receivedBytes }) => {
      const found = await unlessMissing(stat(draftOf(key)))
      if ((found?.size ?? 0) < receivedBytes) throw uploadLost()
      const file = await open(draftOf(key), constants.O_WRONLY | constants.O_CREAT, 0o600).catch(asFault)
      let position = receivedBytes
      return {
        write: async (chunk) => {
          for (let from = 0; from < chunk.byteLength; ) {
            const { bytesWritten } = await file.write(chunk, from, undefined, position).catch(asFault)
            from += bytesWritten
            position += bytesWritten
          }
        },
        commit: async (note) => {
          await file.datasync().catch(asFault)
          await note({ receivedBytes: position, parts: null })
        },
        [Symbol.asyncDispose]: () => file.close(),
      }
    },
    finish: async ({ key }) => {
      const target = pathOf(key)
      await makeDirectory(path.dirname(target))
      await link(draftOf(key), target).catch(async (error: unknown) => {
        // It has been finished before.
        if (codeOf(error) === 'EEXIST' || (await unlessMissing(stat(target))) !== undefined) return
        throw codeOf(error) === 'ENOENT' ? uploadLost() : toDiskFault(error)
      })
      await syncDirectory(path.dirname(target))
      await rm(draftOf(key), { force: true })
    },
    delete: ({ key }) => rm(draftOf(key), { force: true }),
  }
}

const asFault = (error: unknown): never => {
  throw toDiskFault(error)
}
