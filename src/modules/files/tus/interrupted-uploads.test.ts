import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mainScript } from '../../../../test/harness/backlot-command.ts'
import { type FilesApp, startFilesApp } from '../../../../test/harness/files-app.ts'
import { makeBucket, type S3Server, type TestBucket } from '../../../../test/harness/s3-account.ts'
import { spawnNode } from '../../../../test/harness/spawned-process.ts'
import { provideSwift, startSwift } from '../../../../test/harness/swift-s3-server.ts'
import { TcpProxy } from '../../../../test/harness/tcp-proxy.ts'
import { codeOf, film, tusClient, uploadIdOf } from '../../../../test/harness/tus-client.ts'
import { removeAbandonedUploads, removeDueObjects } from '../clean-up.ts'
import { objectRemovals, resumableUploads, uploads } from '../files.table.ts'
import { findResumable } from './tus.repository.ts'

const mebibyte = 1_024 ** 2

/** A bucket behind a connection that can fail. */
const startS3 = async () => {
  const server = await startSwift()
  const bucket = await makeBucket(server)
  const proxy = await TcpProxy.start(server.endpoint)
  return { server, bucket, proxy, env: { ...bucket.env, S3_ENDPOINT: proxy.url } }
}
type S3 = { server: S3Server; bucket: TestBucket; proxy: TcpProxy; env: Record<string, string> }

for (const { name, start, isHere } of [
  { name: 'the disk', start: async () => undefined, isHere: true },
  { name: 'S3', start: startS3, isHere: await provideSwift() },
]) {
  describe.skipIf(!isHere)(`resumable uploads on ${name}`, () => {
    let s3: S3 | undefined
    let app: FilesApp
    let tus: ReturnType<typeof tusClient>
    let userId: string

    beforeAll(async () => {
      s3 = await start()
      app = await startFilesApp({ worker: true, env: s3?.env ?? {} })
      const user = await app.signIn()
      userId = user.userId
      tus = tusClient(app.origin, user)
    })
    afterAll(async () => {
      await app.close()
      await s3?.proxy.close()
      s3?.bucket.close()
      await s3?.server.stop()
    })

    /** What is kept of uploads that are no files yet. */
    const unfinished = async (): Promise<string[]> =>
      s3?.bucket.unfinished() ?? app.storedFiles().filter((file) => file.includes('growing-'))
    const foundOf = async (path: string) => {
      const found = await findResumable(app.db, uploadIdOf(path), userId)
      if (found === undefined) throw new Error('No such upload')
      const { storageKey: key, sizeBytes: totalBytes } = found.upload
      return { ...found, draft: { key, totalBytes, ...found.progress } }
    }

    test('the usual client uploads in chunks', async () => {
      const content = film(11 * mebibyte)
      const options = { chunkSize: 4 * mebibyte + 1 }
      const { done } = tus.uploadByClient(content, `${app.origin}/v1/uploads/tus`, options)
      await tus.expectWhole(await done, content)
      expect(await unfinished()).toEqual([])
    })

    test('a connection that breaks in the middle costs nothing that has arrived', {
      timeout: 60_000,
    }, async () => {
      const content = film(8 * mebibyte)
      const proxy = await TcpProxy.start(app.origin)
      // Slow enough for what has arrived to be noted before all has.
      proxy.throttle((s3 === undefined ? 2 : 1) * mebibyte)
      const offsets: number[] = []
      let fileId = ''
      const { done, upload } = tus.uploadByClient(content, new URL('/v1/uploads/tus', proxy.url).href, {
        onAfterResponse: (request, response) => {
          if (request.getMethod() === 'HEAD') offsets.push(Number(response.getHeader('upload-offset')))
          fileId = response.getHeader('backlot-file-id') ?? fileId
        },
      })
      await expect.poll(() => upload.url, { timeout: 10_000 }).toBeTruthy()
      const received = async () => (await foundOf(upload.url ?? '')).progress.receivedBytes
      await expect.poll(received, { timeout: 15_000 }).toBeGreaterThan(0)
      await proxy.cut()
      proxy.throttle(Number.POSITIVE_INFINITY)
      await proxy.restore()
      await done
      await proxy.close()
      expect(offsets[0]).toBeGreaterThan(0)
      await tus.expectWhole(fileId, content)
    })

    test('a process that is killed costs seconds of it, and another one goes on', {
      timeout: 60_000,
    }, async () => {
      const content = film(8 * mebibyte)
      const { dataDir, databaseUrl } = app.backlot
      const api = spawnNode([mainScript, 'api'], {
        ...{ BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, PORT: '0', WEB_CONCURRENCY: '1' },
        ...s3?.env,
      })
      const url = (await api.until(/listening at (http:[^"]+)"/))[1] ?? ''
      const proxy = await TcpProxy.start(url)
      proxy.throttle(s3 === undefined ? 2 * mebibyte : 4 * mebibyte)
      const { done, upload } = tus.uploadByClient(
        content,
        new URL('/v1/uploads/tus', proxy.url).href,
        s3 === undefined ? {} : { chunkSize: 3 * mebibyte },
      )
      await expect.poll(() => upload.url, { timeout: 10_000 }).toBeTruthy()
      const received = async () => (await foundOf(upload.url ?? '')).progress.receivedBytes
      await expect.poll(received, { timeout: 15_000 }).toBeGreaterThan(0)
      api.child.kill('SIGKILL')
      await api.exit
      proxy.throttle(Number.POSITIVE_INFINITY)
      proxy.retarget(app.origin)
      await tus.expectWhole(await done, content)
      await proxy.close()
    })

    test.each(['after the last byte', 'before it noted that it is an object'])(
      'one whose process died %s is a file when it is asked for',
      async (moment) => {
        const content = film(300_000)
        const path = await tus.opened(content.length)
        {
          await using writer = await app.storage.drafts.open((await foundOf(path)).draft)
          await writer.write(content)
          await writer.commit(async (progress) => {
            await app.db
              .update(resumableUploads)
              .set(progress)
              .where(eq(resumableUploads.uploadId, uploadIdOf(path)))
          })
        }
        if (moment !== 'after the last byte') await app.storage.drafts.finish((await foundOf(path)).draft)
        const head = await tus.send(path, 'HEAD')
        expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '300000'])
        await tus.expectWhole(head.headers.get('backlot-file-id'), content)
      },
    )

    test('of two that send at once, one goes on, and nothing is mixed', async () => {
      const content = film(3 * mebibyte)
      const path = await tus.opened(content.length)
      const answers = await Promise.all([tus.patch(path, 0, content), tus.patch(path, 0, content)])
      const statuses = answers.map(({ status }) => status).sort()
      expect(statuses.filter((status) => status === 204).length).toBeGreaterThan(0)
      expect(statuses.every((status) => [204, 400, 409, 423].includes(status))).toBe(true)
      const offset = await tus.offsetOf(path)
      const last =
        offset === content.length
          ? await tus.send(path, 'HEAD')
          : await tus.patch(path, offset, content.subarray(offset))
      await tus.expectWhole(last.headers.get('backlot-file-id'), content)
    })

    test('one whose bytes are gone begins again', async () => {
      const content = film(2_000)
      const path = await tus.opened(content.length)
      await tus.patch(path, 0, content.subarray(0, 500))
      await app.storage.drafts.delete((await foundOf(path)).draft)
      expect(await codeOf(await tus.patch(path, 500, content.subarray(500)))).toEqual([409, 'UPLOAD_LOST'])
      expect(await tus.offsetOf(path)).toBe(0)
      const last = await tus.patch(path, 0, content)
      await tus.expectWhole(last.headers.get('backlot-file-id'), content)
    })

    test('one that is given up or has expired is gone, with its bytes', async () => {
      const before = await unfinished()
      const path = await tus.opened(1_000)
      await tus.patch(path, 0, film(1_000).subarray(0, 100))
      expect((await unfinished()).length).toBeGreaterThan(before.length)
      expect((await tus.send(path, 'DELETE')).status).toBe(204)
      expect(await unfinished()).toEqual(before)
      expect((await tus.send(path, 'HEAD')).status).toBe(404)

      const late = await tus.opened(1_000)
      const isLate = eq(uploads.id, uploadIdOf(late))
      const expireAt = (time: number) =>
        app.db
          .update(uploads)
          .set({ expiresAt: new Date(time) })
          .where(isLate)
      await expireAt(Date.now() - 60_000)
      expect(await codeOf(await tus.patch(late, 0, film(1_000)))).toEqual([410, 'UPLOAD_EXPIRED'])
      await expireAt(Date.now() - 3 * 3_600_000)
      await removeAbandonedUploads(app, 100)
      await app.db.update(objectRemovals).set({ dueAt: new Date(0) })
      await removeDueObjects(app, 100)
      expect((await tus.send(late, 'HEAD')).status).toBe(404)
      expect(await app.db.$count(resumableUploads, eq(resumableUploads.uploadId, uploadIdOf(late)))).toBe(0)
    })

    if (name !== 'S3') return
    test('while S3 is away it is told, and what has arrived stays', async () => {
      const content = film(7 * mebibyte)
      const path = await tus.opened(content.length)
      const noted = 700_001
      expect((await tus.patch(path, 0, content.subarray(0, noted))).status).toBe(204)
      await s3?.proxy.cut()
      const failed = await tus.patch(path, noted, content.subarray(noted))
      expect(failed.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(await codeOf(failed)).toEqual([503, 'DEPENDENCY_UNAVAILABLE'])
      expect(await tus.offsetOf(path)).toBe(noted)
      await s3?.proxy.restore()
      const goOn = () => tus.patch(path, noted, content.subarray(noted))
      await expect.poll(async () => (await goOn()).status, { timeout: 10_000 }).toBe(204)
      const head = await tus.send(path, 'HEAD')
      await tus.expectWhole(head.headers.get('backlot-file-id'), content)
      expect(await unfinished()).toEqual([])
    })
  })
}
