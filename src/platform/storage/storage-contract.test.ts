import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { soon } from '../../../test/harness/storage-app.ts'
import { type OpenedStorage, storageKinds } from '../../../test/harness/storage-kinds.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { newUploadKey } from './object-key.ts'
import { releaseEach } from './release-chunk.ts'
import type { Storage } from './storage.ts'

const mebibyte = 1_024 ** 2
const limits = { maxBytes: 64 * mebibyte }
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

for (const { name, open, isHere } of await storageKinds()) {
  describe.skipIf(!isHere)(`a storage on ${name}`, () => {
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

    const put = async (content: string | Uint8Array) => {
      const key = newUploadKey()
      await storage.put(key, [Buffer.from(content)], limits)
      return key
    }
    const readAll = async (key: string, range?: { first: number; last: number }) => {
      const stream = await storage.read(key, range)
      return stream === undefined ? undefined : buffer(stream)
    }
    const textOf = async (key: string, range?: { first: number; last: number }) =>
      (await readAll(key, range))?.toString()

    const grantText = async (content: string, declared: { sha256?: string } = {}) => {
      const key = newUploadKey()
      const maxBytes = Buffer.byteLength(content)
      const grant = { key, contentType: 'text/plain', maxBytes, expiresAt: soon(), ...declared }
      const { url, headers } = await storage.signUpload(grant)
      return { key, url: opened.origin + url, headers }
    }
    /** PUTs to a new signed URL for a text. */
    const send = async (content: string, declared: { sha256?: string } = {}) => {
      const { key, url, headers } = await grantText(content, declared)
      const again = (other: string) => fetch(url, { method: 'PUT', headers, body: other })
      return { key, answer: await again(content), again }
    }

    test('stores, describes, reads in ranges, and deletes', async () => {
      const [key, other] = [newUploadKey(), await put('stays')]
      const content = [Buffer.from('hello '), Buffer.from('world')]
      expect(await storage.put(key, content, limits)).toEqual({
        sizeBytes: 11,
        sha256: sha256('hello world'),
      })
      const head = await storage.head(key)
      expect(head).toMatchObject({ sizeBytes: 11, etag: expect.stringMatching(/^"[\w-]+"$/) })
      expect(Math.abs(Date.now() - (head?.modifiedAt.getTime() ?? 0))).toBeLessThan(10_000)
      expect(await textOf(key)).toBe('hello world')
      expect(await textOf(key, { first: 6, last: 8 })).toBe('wor')
      expect(await textOf(key, { first: 10, last: 10 })).toBe('d')
      await storage.delete([key, newUploadKey()])
      expect([await storage.head(key), await storage.read(key), await textOf(other)]).toEqual([
        undefined,
        undefined,
        'stays',
      ])
    })

    test('stores nothing, and what is put together of many parts', async () => {
      const empty = await put('')
      expect(await storage.head(empty)).toMatchObject({ sizeBytes: 0 })
      const sizes = [8 * mebibyte, 16 * mebibyte, 17 * mebibyte + 1]
      for (const size of sizes) {
        const data = randomBytes(size)
        const key = newUploadKey()
        // Each chunk loses its memory when the next is asked for.
        const chunks = releaseEach(
          (async function* () {
            for (let at = 0; at < size; at += 100_000) yield Uint8Array.from(data.subarray(at, at + 100_000))
          })(),
        )
        const stored = await storage.put(key, chunks, { ...limits, sha256: sha256(data) })
        expect(stored).toEqual({ sizeBytes: size, sha256: sha256(data) })
        expect(sha256((await readAll(key)) ?? '')).toBe(stored.sha256)
      }
    })

    test('never replaces an object', async () => {
      const key = newUploadKey()
      const first = storage.put(key, [Buffer.from('first')], limits)
      await expect(storage.put(key, [Buffer.from('x')], limits)).rejects.toMatchObject({
        code: 'UPLOAD_IN_PROGRESS',
      })
      await first
      await expect(storage.put(key, [Buffer.from('later')], limits)).rejects.toMatchObject({
        status: 409,
        code: 'OBJECT_EXISTS',
      })
      expect(await textOf(key)).toBe('first')
    })

    test.each(['small', 'large'])('what fails leaves nothing behind: %s', async (size) => {
      const chunk = size === 'small' ? Buffer.alloc(100) : Buffer.alloc(10 * mebibyte)
      const stopped = new AbortController()
      const twice = async function* (then: () => void) {
        yield chunk
        then()
        yield chunk
      }
      const fail = () => {
        throw new Error('the source broke')
      }
      const tries: [content: AsyncIterable<Uint8Array>, options: object, error: object][] = [
        [twice(() => undefined), { maxBytes: 2 * chunk.length - 1 }, { status: 413 }],
        [twice(() => undefined), { sha256: sha256('other') }, { code: 'CHECKSUM_MISMATCH' }],
        [twice(fail), {}, { message: 'the source broke' }],
        [
          twice(() => stopped.abort(new Error('cancelled'))),
          { signal: stopped.signal },
          { message: 'cancelled' },
        ],
      ]
      for (const [content, options, error] of tries) {
        const key = newUploadKey()
        await expect(storage.put(key, content, { ...limits, ...options })).rejects.toMatchObject(error)
        expect(await storage.head(key)).toBeUndefined()
      }
    })

    test('refuses what is no key', async () => {
      const wrong = ['', '../x', 'uploads/2026/11/../../x', 'other/2026/11/a', '/etc/passwd']
      for (const key of wrong) {
        await expect(storage.head(key)).rejects.toThrow('Not the key')
        await expect(storage.delete([key])).rejects.toThrow('Not the key')
        await expect(storage.put(key, [], limits)).rejects.toThrow('Not the key')
      }
    })

    test('what was sent to a signed URL is taken as it was', async () => {
      const { key, answer, again } = await send('first\n')
      expect(answer.status).toBe(200)
      const taken = newUploadKey()
      expect(await storage.take({ key }, taken)).toMatchObject({ sizeBytes: 6 })
      // A disk refuses it, S3 stores it: neither changes what was taken.
      await (await again('other\n')).text()
      expect(await textOf(taken)).toBe('first\n')
      await storage.delete([key])
      expect(await textOf(taken)).toBe('first\n')
      await expect(storage.take({ key: taken }, taken)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
    })

    test('what a sender says of the content beside its type is forgotten', async () => {
      const { key, url, headers } = await grantText('plain\n')
      const saying = {
        'content-encoding': 'gzip',
        'content-disposition': 'inline',
        'content-language': 'tlh',
      }
      const sent = await fetch(url, { method: 'PUT', headers: { ...headers, ...saying }, body: 'plain\n' })
      expect(sent.status).toBe(200)
      const taken = newUploadKey()
      await storage.take({ key }, taken)
      const grant = { key: taken, contentType: 'text/plain', fileName: 'a.txt', expiresAt: soon() }
      const answer = await fetch(opened.origin + (await storage.signDownload(grant)))
      const names = ['content-encoding', 'content-language', 'content-type']
      expect(names.map((name) => answer.headers.get(name))).toEqual([null, null, 'text/plain; charset=utf-8'])
      expect(await answer.text()).toBe('plain\n')
    })

    test('nothing is taken where nothing was sent, or something else than was declared', async () => {
      expect(await storage.take({ key: newUploadKey() }, newUploadKey())).toBeUndefined()
      const declared = { sha256: sha256('right\n') }
      const right = await send('right\n', declared)
      expect(await storage.take({ key: right.key, ...declared }, newUploadKey())).toMatchObject({
        sizeBytes: 6,
      })
      const wrong = await send('wrong\n', declared)
      const key = newUploadKey()
      const taken = await storage
        .take({ key: wrong.key, ...declared }, key)
        .catch((error: { code: string }) => error.code)
      const early = wrong.answer.status === 422
      expect(taken).toBe(early ? undefined : 'CHECKSUM_MISMATCH')
      expect(await storage.head(key)).toBeUndefined()
      // The URL can be used again.
      expect((await wrong.again('right\n')).status).toBe(200)
      expect(await storage.take({ key: wrong.key, ...declared }, key)).toMatchObject({ sizeBytes: 6 })
    })

    test('a link gives the content by its type and name, whole and in ranges', async () => {
      const key = await put('linked content')
      const grant = { key, contentType: 'text/plain', fileName: 'Größe "1".txt', expiresAt: soon() }
      const url = opened.origin + (await storage.signDownload(grant))
      const answer = await fetch(url)
      expect(await answer.text()).toBe('linked content')
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="Gr__e _1_.txt"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt`,
      )
      expect(answer.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/)
      const part = await fetch(url, { headers: { range: 'bytes=7-9' } })
      expect([part.status, await part.text()]).toEqual([206, 'con'])
      expect(await storage.signDownload(grant)).toBe(url.slice(opened.origin.length))
    })

    test('an object is a file for as long as a program needs it', async () => {
      const data = randomBytes(300_000)
      const key = await put(data)
      let file: string
      {
        await using local = await storage.openLocally(key)
        file = local?.path ?? ''
        expect(sha256(fs.readFileSync(file))).toBe(sha256(data))
      }
      expect(await storage.head(key)).toMatchObject({ sizeBytes: data.length })
      expect(fs.existsSync(file)).toBe(name === 'disk')
      expect(await storage.openLocally(newUploadKey())).toBeUndefined()
    })

    test('a reader may stop in the middle', async () => {
      const key = await put(randomBytes(3 * mebibyte))
      const stream = await storage.read(key)
      for await (const chunk of stream ?? []) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      expect(stream?.destroyed).toBe(true)
      expect((await readAll(key))?.length).toBe(3 * mebibyte)
    })

    test('readers that stand still keep nobody away', async () => {
      const key = await put(randomBytes(mebibyte))
      const still = await Promise.all(Array.from({ length: 60 }, () => storage.read(key)))
      expect(sha256((await readAll(key)) ?? '')).toHaveLength(64)
      for (const stream of still) stream?.destroy()
    })

    test('it can be reached, and nothing is left over', async () => {
      await storage.check()
      expect(await storage.removeLeftovers()).toBe(0)
    })
  })
}
