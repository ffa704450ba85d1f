import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedStorage, storageKinds } from '../../../test/harness/storage-kinds.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { newUploadKey } from './object-key.ts'
import type { Draft, DraftWriter, Storage } from './storage.ts'

const mebibyte = 1_024 ** 2
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

for (const { name, open, isHere } of await storageKinds()) {
  describe.skipIf(!isHere)(`drafts on ${name}`, () => {
    let directory: string
    let opened: OpenedStorage
    let storage: Storage

    beforeAll(async () => {
      directory = makeTemporaryDirectory()
      opened = await open(directory)
      storage = opened.storage
    })
    afterAll(async () => {
      await opened.close()
      removeTemporaryDirectory(directory)
    })

    const newDraft = (totalBytes: number): Draft => ({
      ...{ key: newUploadKey(), totalBytes, receivedBytes: 0, parts: null },
    })
    const hashOf = async (key: string) => {
      const stream = await storage.read(key)
      return stream === undefined ? undefined : sha256(await buffer(stream))
    }
    const writeTo = async (writer: DraftWriter, bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += 100_000) await writer.write(bytes.subarray(at, at + 100_000))
    }
    /** By a writer of its own, as a request does. */
    const append = async (draft: Draft, bytes: Uint8Array): Promise<Draft> => {
      let noted = draft
      await using writer = await storage.drafts.open(draft)
      await writeTo(writer, bytes)
      await writer.commit(async (progress) => {
        noted = { ...draft, ...progress }
      })
      expect(noted.receivedBytes).toBe(draft.receivedBytes + bytes.length)
      return noted
    }

    test.each([
      ['less than a part', [1, 70_000]],
      ['pieces that fit nowhere', [3 * mebibyte + 1, 1, 8 * mebibyte + 7]],
      ['parts to the byte', [5 * mebibyte, 5 * mebibyte]],
    ])('grow over several requests: %s', async (_name, sizes) => {
      const content = randomBytes(sizes.reduce((sum, size) => sum + size, 0))
      let draft = newDraft(content.length)
      for (const size of sizes) {
        const { receivedBytes } = draft
        draft = await append(draft, content.subarray(receivedBytes, receivedBytes + size))
        expect(await storage.head(draft.key)).toBeUndefined()
      }
      await storage.drafts.finish(draft)
      expect(await hashOf(draft.key)).toBe(sha256(content))
      await storage.drafts.finish(draft)
      expect(await hashOf(draft.key)).toBe(sha256(content))
      expect(await opened.unfinished()).toEqual([])
    })

    test('what was not committed or not noted is written again, whatever it was', async () => {
      const content = randomBytes(6 * mebibyte)
      const noted = await append(newDraft(content.length), content.subarray(0, 500_001))
      {
        await using lost = await storage.drafts.open(noted)
        await writeTo(lost, randomBytes(5 * mebibyte))
      }
      {
        await using lost = await storage.drafts.open(noted)
        await writeTo(lost, randomBytes(mebibyte))
        const refuses = async () => Promise.reject(new Error('not noted'))
        await expect(lost.commit(refuses)).rejects.toThrow('not noted')
      }
      const whole = await append(noted, content.subarray(noted.receivedBytes))
      await storage.drafts.finish(whole)
      expect(await hashOf(whole.key)).toBe(sha256(content))
    })

    test('one writer commits as often as it likes, and leaves one tail', async () => {
      const content = randomBytes(6 * mebibyte)
      const before = (await opened.unfinished()).length
      const commits: Draft[] = []
      let draft = newDraft(content.length)
      await using writer = await storage.drafts.open(draft)
      for (let at = 0; at < content.length; at += 2 * mebibyte) {
        await writer.write(content.subarray(at, at + 2 * mebibyte))
        await writer.commit(async (progress) => {
          draft = { ...draft, ...progress }
          commits.push(draft)
        })
        expect((await opened.unfinished()).length - before).toBeLessThanOrEqual(2)
      }
      expect(commits.map(({ receivedBytes }) => receivedBytes / mebibyte)).toEqual([2, 4, 6])
      await storage.drafts.finish(draft)
      expect(await hashOf(draft.key)).toBe(sha256(content))
    })

    test('one that is deleted leaves nothing, and goes on nowhere', async () => {
      const before = await opened.unfinished()
      const draft = await append(newDraft(20 * mebibyte), randomBytes(mebibyte))
      expect((await opened.unfinished()).length).toBeGreaterThan(before.length)
      await storage.drafts.delete(draft)
      expect(await opened.unfinished()).toEqual(before)
      await storage.drafts.delete(draft)
      await storage.drafts.delete(newDraft(1))
      await expect(storage.drafts.open(draft)).rejects.toMatchObject({ status: 409, code: 'UPLOAD_LOST' })
      const never = { ...newDraft(1), receivedBytes: 1 }
      await expect(storage.drafts.open(never)).rejects.toMatchObject({ code: 'UPLOAD_LOST' })
      await expect(storage.drafts.finish(never)).rejects.toMatchObject({ code: 'UPLOAD_LOST' })
    })
  })
}
