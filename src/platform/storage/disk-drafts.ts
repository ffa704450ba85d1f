import { constants, link, open, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../database/infrastructure-error.ts'
import { unlessMissing } from './leftover-files.ts'
import { makeDirectory, syncDirectory, toDiskFault } from './new-file.ts'
import type { Drafts } from './storage.ts'

/** Drafts as files of `directory`, on one file system with the objects. */
export const openDrafts = (directory: string, pathOf: (key: string) => string): Drafts => {
  const draftOf = (id: string) => path.join(directory, `growing-${id}`)
  return {
    size: async (id) => (await unlessMissing(stat(draftOf(id))))?.size ?? 0,
    open: async (id, at) => {
      const file = await open(draftOf(id), constants.O_WRONLY | constants.O_CREAT, 0o600).catch(asFault)
      let position = at
      return {
        write: async (chunk) => {
          for (let from = 0; from < chunk.byteLength; ) {
            const { bytesWritten } = await file.write(chunk, from, undefined, position).catch(asFault)
            from += bytesWritten
            position += bytesWritten
          }
        },
        sync: () => file.datasync().catch(asFault),
        [Symbol.asyncDispose]: () => file.close(),
      }
    },
    finish: async (id, key) => {
      const target = pathOf(key)
      await makeDirectory(path.dirname(target))
      await link(draftOf(id), target).catch(async (error: unknown) => {
        // It has been finished before.
        const isDone = codeOf(error) === 'EEXIST' || (await unlessMissing(stat(target))) !== undefined
        if (!isDone) throw toDiskFault(error)
      })
      await syncDirectory(path.dirname(target))
      await rm(draftOf(id), { force: true })
    },
    delete: (id) => rm(draftOf(id), { force: true }),
  }
}

const asFault = (error: unknown): never => {
  throw toDiskFault(error)
}
