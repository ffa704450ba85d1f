import { createHash } from 'node:crypto'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  removeDeletedFiles,
  removeDueObjects,
  removeUnneededVariants,
} from '../../src/modules/files/clean-up.ts'
import { objectRemovals } from '../../src/modules/files/files.table.ts'
import { startDataApp } from '../harness/data-app.ts'
import { exportsClient } from '../harness/exports-client.ts'
import { type Answer, FilesClient, type Upload, type Wish } from '../harness/files-app.ts'
import { makeBucket, type S3Server, type TestBucket } from '../harness/s3-account.ts'
import { startS3rver } from '../harness/s3rver-server.ts'
import { spawnNode } from '../harness/spawned-process.ts'
import { provideSwift, startSwift } from '../harness/swift-s3-server.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startTestApp } from '../harness/test-app.ts'
import { film, tusClient } from '../harness/tus-client.ts'
import { uploadsClient } from '../harness/uploads-client.ts'

const codeOf = ({ status, body }: Answer) => [status, body.error?.code]
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
const text = (content: string): Wish => ({
  kind: 'document',
  name: 'note.txt',
  contentType: 'text/plain',
  content: Buffer.from(content),
})
const photo = async (): Promise<Wish> => {
  const picture = sharp({ create: { width: 900, height: 600, channels: 3, background: 'teal' } })
  const content = await picture
    .withExifMerge({ IFD0: { ImageDescription: 'Secret-Place' } })
    .jpeg()
    .toBuffer()
  return { kind: 'image', name: 'Fjord ☀.jpg', contentType: 'image/jpeg', content: Buffer.from(content) }
}

/** Backlot on a bucket of its own, behind a connection that can fail. Clients reach the server directly. */
const startBacklotOn = async (server: S3Server) => {
  const proxy = await TcpProxy.start(server.endpoint)
  const bucket = await makeBucket(server)
  const env = { ...bucket.env, S3_ENDPOINT: proxy.url, S3_PUBLIC_ENDPOINT: server.endpoint }
  const data = await startDataApp({ worker: true, env })
  const { db, storage } = data.backlot.platform
  return {
    ...{ data, db, storage, proxy, bucket },
    user: new FilesClient(data.backlot.url, data.ada.id, data.ada.token),
    makeRemovalsDue: () => db.update(objectRemovals).set({ dueAt: new Date(0), begun: false }),
    close: async () => {
      await data.backlot.close()
      bucket.close()
      await proxy.close()
      await server.stop()
    },
  }
}
type OnS3 = Awaited<ReturnType<typeof startBacklotOn>>

const send = async (upload: Upload, body: Uint8Array<ArrayBuffer>, headers = upload.headers) => {
  const answer = await fetch(upload.url, { method: 'PUT', headers, body })
  await answer.arrayBuffer()
  return answer.status
}

for (const { name, start, isHere, isStrict } of [
  { name: 's3rver', start: startS3rver, isHere: true, isStrict: false },
  { name: 'Swift', start: startSwift, isHere: await provideSwift(), isStrict: true },
]) {
  describe.skipIf(!isHere)(`files on ${name}`, () => {
    let on: OnS3
    let user: FilesClient
    let bucket: TestBucket
    const presigned = async (wish: Wish) => (await user.presign(wish)).body.data as Upload

    beforeAll(async () => {
      on = await startBacklotOn(await start())
      user = on.user
      bucket = on.bucket
    })
    afterAll(() => on.close())

    test('a picture goes straight to the bucket, is processed, read in ranges, and goes', async () => {
      const wish = await photo()
      const upload = await presigned(wish)
      expect(new URL(upload.url).host).not.toBe(new URL(on.data.backlot.url).host)
      expect(await user.confirm(upload.uploadId).then(codeOf)).toEqual([409, 'UPLOAD_MISSING'])
      expect(await send(upload, wish.content)).toBe(200)
      expect((await user.confirm(upload.uploadId)).status).toBe(202)
      const [listed] = (await user.call('GET', '/files')).body.data as { id: string }[]
      const file = await user.processed(listed?.id ?? '')
      expect(file).toMatchObject({ status: 'ready', metadata: { width: 900, height: 600 } })
      const linked = Buffer.from(await (await fetch(file.url ?? '')).arrayBuffer())
      expect([linked.includes('Secret-Place'), sha256(linked)]).toEqual([false, file.sha256])
      const thumbnail = await fetch(file.thumbnailUrl ?? '')
      expect(thumbnail.headers.get('content-type')).toBe('image/webp')
      await thumbnail.arrayBuffer()
      const range = { headers: { range: 'bytes=10-19' } }
      for (const answer of [
        await user.fetch(`/files/${file.id}/content`, range),
        await fetch(file.url ?? '', range),
      ]) {
        expect(answer.status).toBe(206)
        expect(Buffer.from(await answer.arrayBuffer())).toEqual(linked.subarray(10, 20))
      }
      const etag = (await user.fetch(`/files/${file.id}/content`, { method: 'HEAD' })).headers.get('etag')
      const known = { headers: { 'if-none-match': etag ?? '' } }
      expect((await user.fetch(`/files/${file.id}/content`, known)).status).toBe(304)

      const link = await user.call('GET', `/files/${file.id}/image-url?w=64&format=webp`)
      const { url: smallUrl } = link.body.data as { url: string }
      for (let times = 0; times < 2; times += 1) {
        const small = Buffer.from(await (await fetch(smallUrl)).arrayBuffer())
        expect(await sharp(small).metadata()).toMatchObject({ format: 'webp', width: 64, height: 43 })
      }
      expect((await bucket.keys()).filter((key) => key?.includes('/variant-'))).toHaveLength(1)

      expect((await user.call('DELETE', `/files/${file.id}`)).status).toBeLessThan(300)
      expect((await fetch(smallUrl)).status).toBe(404)
      await on.db.execute(`update files set deleted_at = now() - interval '2 days'`)

      await removeDeletedFiles(on, 100)
      await removeUnneededVariants(on, 100)
      await on.makeRemovalsDue()
      expect(await removeDueObjects(on, 100)).toBeGreaterThan(3)
      expect(await bucket.keys()).toEqual([])
    })

    test('an upload that comes in two requests is put together, and leaves nothing else', async () => {
      const tus = tusClient(on.data.backlot.url, user)
      const content = film(6 * 1_024 ** 2)
      const path = await tus.opened(content.length)
      expect((await tus.patch(path, 0, content.subarray(0, 1_000_001))).status).toBe(204)
      const last = await tus.patch(path, 1_000_001, content.subarray(1_000_001))
      await tus.expectWhole(last.headers.get('backlot-file-id'), content)
      expect(await bucket.unfinished()).toEqual([])
    })

    test('what was not agreed on is refused by the server, or when it is confirmed', async () => {
      const long = await presigned(text('right\n'))
      expect(await send(long, Buffer.from('too long\n'))).toBe(isStrict ? 403 : 200)
      expect(codeOf(await user.confirm(long.uploadId))).toEqual(
        isStrict ? [409, 'UPLOAD_MISSING'] : [422, 'SIZE_MISMATCH'],
      )
      const typed = await presigned(text('right\n'))
      expect(await send(typed, Buffer.from('right\n'), { 'content-type': 'text/html' })).toBe(
        isStrict ? 403 : 200,
      )
      const markup = '<svg xmlns="http://www.w3.org/2000/svg"/>'
      const picture = { kind: 'image', name: 'a.png', contentType: 'image/png' }
      const disguised = await presigned({ ...picture, content: Buffer.from(markup) })
      expect(await send(disguised, Buffer.from(markup))).toBe(200)
      expect(codeOf(await user.confirm(disguised.uploadId))).toEqual([422, 'TYPE_MISMATCH'])
      const keys = [long, disguised].map(({ url }) => new URL(url).pathname.split('/').slice(2).join('/'))
      expect((await bucket.keys()).filter((key) => keys.includes(key ?? ''))).toEqual([])
      const declared = { ...text('right\n'), sha256: sha256(Buffer.from('right\n')) }
      const other = await presigned(declared)
      expect(await send(other, Buffer.from('wrong\n'))).toBe(200)
      expect(codeOf(await user.confirm(other.uploadId))).toEqual([422, 'CHECKSUM_MISMATCH'])
      expect(await send(other, declared.content)).toBe(200)
      expect((await user.confirm(other.uploadId)).status).toBe(202)
    })

    test('content that was verified stays, whatever is sent to its URL later', async () => {
      const upload = await presigned(text('first\n'))
      await send(upload, Buffer.from('first\n'))
      const confirmed = await user.confirm(upload.uploadId)
      const { file } = confirmed.body.data as { file: { id: string } }
      expect(await send(upload, Buffer.from('other\n'))).toBe(200)
      await user.processed(file.id)
      expect(await (await user.fetch(`/files/${file.id}/content`)).text()).toBe('first\n')
      expect((await user.file(file.id)).sha256).toBe(sha256(Buffer.from('first\n')))
    })

    test('a table is read from the bucket, and its export streams into it', async () => {
      const rows = Array.from({ length: 20_000 }, (_, index) => `${index},name ${index}\n`)
      const { datasetId } = await uploadsClient(on.data).read('people.csv', `id,name\n${rows.join('')}`)
      const exports = exportsClient(on.data.backlot, on.data.ada)
      const { data: asked } = await exports.ask({ datasetId, format: 'parquet' }, { prefer: 'wait=60' })
      const { result } = await exports.show(asked.exportId)
      expect(result).toMatchObject({ rows: 20_000 })
      const file = Buffer.from(await (await fetch(result.resultUri)).arrayBuffer())
      expect([file.length, sha256(file)]).toEqual([result.bytes, result.sha256])
      // The job keeps a link that lasts as long as the export, and leads through Backlot.
      const { resultUri } = (await on.data.get(`jobs/${asked.jobId}`)).data
      expect(resultUri).toMatch(/^\/v1\/storage\/results\//)
      const kept = await fetch(on.data.backlot.url + resultUri)
      expect(sha256(Buffer.from(await kept.arrayBuffer()))).toBe(result.sha256)
    })

    test('while S3 is away files answer 503, all else works, and it comes back by itself', async () => {
      const file = await user.processed((await user.upload(text('kept\n'))).id)
      const upload = await user.put(text('sent before\n'))
      await on.proxy.cut()
      for (let round = 0; round < 3; round += 1) {
        const content = await user.call('GET', `/files/${file.id}/content`)
        expect(codeOf(content)).toEqual([503, 'DEPENDENCY_UNAVAILABLE'])
        expect(content.headers.get('retry-after')).toMatch(/^\d+$/)
        expect(codeOf(await user.confirm(upload.uploadId))).toEqual([503, 'DEPENDENCY_UNAVAILABLE'])
      }
      const form = new FormData()
      form.set('file', new Blob(['id\n1\n']), 'a.csv')
      expect((await user.fetch('/upload', { method: 'POST', body: form })).status).toBe(503)
      expect((await user.presign(text('x'))).status).toBe(201)
      expect(await user.file(file.id)).toMatchObject({ status: 'ready', url: expect.any(String) })
      const health = () => fetch(`${on.data.backlot.url}/health`).then((answer) => answer.json())
      await expect.poll(health).toMatchObject({ checks: { storage: { status: 'down' } } })
      expect((await fetch(`${on.data.backlot.url}/health/ready`)).status).toBe(200)

      await on.proxy.restore()
      await expect
        .poll(async () => (await user.confirm(upload.uploadId)).status, { timeout: 8_000 })
        .toBe(202)
      await expect.poll(health).toMatchObject({ checks: { storage: { status: 'ok' } } })
      expect(await (await user.fetch(`/files/${file.id}/content`)).text()).toBe('kept\n')
    })
  })
}

test('a process does not start on a bucket that is not there', async () => {
  const server = await startS3rver()
  const bucket = await makeBucket(server)
  const backlot = await startTestApp()
  const main = path.join(import.meta.dirname, '../../src/main.ts')
  const api = spawnNode([main, 'api'], {
    ...{ BACKLOT_DATA_DIR: backlot.dataDir, DATABASE_URL: backlot.databaseUrl, PORT: '0' },
    ...{ ...bucket.env, S3_BUCKET: 'nobodys-bucket' },
  })
  expect((await api.exit).code).toBe(78)
  const lines = api.output().trim().split('\n')
  expect(lines.at(-1)).toMatch(/^backlot: S3_BUCKET: there is no bucket nobodys-bucket at http\S+\. Make it/)
  await backlot.close()
  bucket.close()
  await server.stop()
})
