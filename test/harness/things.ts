import { randomBytes } from 'node:crypto'
import { newKeyPrefix } from '../../src/modules/api-keys/api-key.ts'
import { insertKey } from '../../src/modules/api-keys/api-keys.repository.ts'
import { recordAct } from '../../src/modules/audit/record-act.ts'
import { identities } from '../../src/modules/auth/oauth/oauth.table.ts'
import { insertPasskey } from '../../src/modules/auth/passkeys/passkeys.repository.ts'
import { challenge } from '../../src/modules/auth/second-factor/finish-login.ts'
import { hashRecoveryCode, newRecoveryCodes } from '../../src/modules/auth/second-factor/recovery-codes.ts'
import { replaceRecoveryCodes } from '../../src/modules/auth/second-factor/second-factor.repository.ts'
import { openSession } from '../../src/modules/auth/sessions.ts'
import { insertVerification } from '../../src/modules/auth/verifications.repository.ts'
import { insertDataset } from '../../src/modules/datasets/datasets.repository.ts'
import { engineVersion } from '../../src/modules/datasets/generator/field-compiler.ts'
import { insertExport } from '../../src/modules/exports/exports.repository.ts'
import { files, resumableUploads, uploads } from '../../src/modules/files/files.table.ts'
import { insertFlag } from '../../src/modules/flags/flags.repository.ts'
import { generations } from '../../src/modules/generations/generations.table.ts'
import { tellUser } from '../../src/modules/notifications/notifications.service.ts'
import { posts } from '../../src/modules/posts/posts.table.ts'
import { deriveLiveKeys, type LiveKeys } from '../../src/modules/projects/live-keys.ts'
import { setLiveStream } from '../../src/modules/projects/live-project.ts'
import { insertProject } from '../../src/modules/projects/projects.repository.ts'
import { destinations, projects } from '../../src/modules/projects/projects.table.ts'
import { hashStreamKey, newStreamKey } from '../../src/modules/projects/stream-key.ts'
import { insertReport } from '../../src/modules/reports/reports.repository.ts'
import { putSettingRow } from '../../src/modules/settings/settings.repository.ts'
import { appendEvents } from '../../src/modules/streams/live-events.ts'
import { insertStream } from '../../src/modules/streams/streams.repository.ts'
import { insertRun, insertSync } from '../../src/modules/syncs/syncs.repository.ts'
import { addUser, findActiveUser } from '../../src/modules/users/users.service.ts'
import { insertDelivery } from '../../src/modules/webhooks/deliveries.repository.ts'
import { insertWebhook } from '../../src/modules/webhooks/webhooks.repository.ts'
import { sealText } from '../../src/platform/config/sealed-text.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import { onlyRow } from '../../src/platform/database/database.ts'
import { newId } from '../../src/platform/database/new-id.ts'
import { type JobStatus, jobEvents, jobs } from '../../src/platform/jobs/jobs.table.ts'
import { newUploadKey } from '../../src/platform/storage/object-key.ts'
import type { TestApp } from './test-app.ts'

const text = Buffer.from('Some text that somebody has stored.\n')
const storedText = { name: 'notes.txt', contentType: 'text/plain', sizeBytes: text.length }

export type Things = Awaited<ReturnType<typeof makeThings>>

/** One of everything that a user can own. No worker ever saw these: they stay as they are. */
export const makeThings = async ({ platform: { db, storage }, config }: TestApp, ownerId: string) => {
  const storeText = async () => {
    const storageKey = newUploadKey()
    await storage.put(storageKey, [text], { maxBytes: text.length })
    return storageKey
  }
  const [fileKey, uploadKey, resumableKey] = [await storeText(), await storeText(), newUploadKey()]
  const inAnHour = new Date(Date.now() + 3_600_000)
  const putKey = newUploadKey()
  const tokens = {
    resetToken: randomBytes(32).toString('base64url'),
    addressToken: randomBytes(32).toString('base64url'),
  }
  const owned = await db.transaction(async (tx) => {
    const owner = await findActiveUser(tx, ownerId)
    if (owner === undefined) throw new Error('No such user')
    const file = { ...storedText, ownerId, kind: 'document', storageKey: fileKey, status: 'ready' } as const
    const upload = {
      ...storedText,
      ownerId,
      kind: 'document',
      storageKey: uploadKey,
      expiresAt: inAnHour,
    } as const
    const resumable = { ...upload, storageKey: resumableKey, expiresAt: inAnHour }
    const resumableId = onlyRow(await tx.insert(uploads).values(resumable).returning()).id
    await tx.insert(resumableUploads).values({ uploadId: resumableId, metadata: 'filename YS50eHQ=' })
    await insertVerification(tx, {
      purpose: 'reset-password',
      token: tokens.resetToken,
      userId: ownerId,
      validMinutes: 5,
    })
    await insertVerification(tx, {
      purpose: 'confirm-address',
      token: tokens.addressToken,
      userId: ownerId,
      validMinutes: 5,
    })
    const fileId = onlyRow(await tx.insert(files).values(file).returning()).id
    const act = { action: 'files:delete', target: { type: 'file', id: fileId } } as const
    await recordAct(tx, { ...act, by: { kind: 'user', userId: ownerId } })
    const session = await openSession(tx, owner, { address: '192.0.2.2', device: 'another' })
    const flag = { key: 'a-flag', type: 'boolean', description: '', enabled: true, changedBy: null } as const
    await insertFlag(tx, { ...flag, defaultValue: true, rules: [] })
    await putSettingRow(tx, { key: 'data.quotaRows', value: 50_000_000, changedBy: null })
    return {
      flagKey: flag.key,
      userId: ownerId,
      email: owner.email,
      sessionId: session.sessionId,
      refreshToken: session.refreshToken,
      fileId,
      resumableId,
      uploadId: onlyRow(await tx.insert(uploads).values(upload).returning()).id,
      pending: await makeGeneration(tx, ownerId, 'pending'),
      failed: await makeGeneration(tx, ownerId, 'failed'),
      dataset: await makeDataset(tx, ownerId, inAnHour),
      written: await makeExport(tx, ownerId, fileId, inAnHour),
      report: await makeReport(tx, ownerId, fileId, inAnHour),
      syncId: await makeSync(tx, ownerId),
      live: await makeLiveProject(tx, ownerId, deriveLiveKeys(config.secretKey)),
      ...(await makeProject(tx, ownerId, deriveLiveKeys(config.secretKey))),
      webhook: await makeWebhook(tx, ownerId),
      ...(await makePosts(tx, ownerId)),
      apiKeyId: await makeApiKey(tx, ownerId),
      passkeyId: await makePasskey(tx, ownerId),
      challenged: await makeChallenge(tx),
      ...(await makeNotification(tx, ownerId)),
      identityId: await makeIdentity(tx, ownerId),
    }
  })
  const download = { key: fileKey, contentType: 'text/plain', fileName: 'notes.txt', expiresAt: inAnHour }
  const put = { key: putKey, contentType: 'text/plain', maxBytes: 100, expiresAt: inAnHour }
  return {
    ...owned,
    ...tokens,
    downloadUrl: await storage.signDownload(download),
    putUrl: (await storage.signUpload(put)).url,
  }
}

/** As if he had linked it: he has a password too. */
const makeIdentity = async (tx: Tx, userId: string): Promise<string> => {
  const identity = { userId, provider: 'github', issuer: 'https://github.com', subject: userId }
  return onlyRow(await tx.insert(identities).values(identity).returning()).id
}

const makeGeneration = async (tx: Tx, ownerId: string, status: JobStatus) => {
  const generationId = await newId(tx)
  const ended =
    status === 'pending'
      ? {}
      : { finishedAt: new Date(), errorCode: 'TEST', errorMessage: 'It did not work.' }
  const job = {
    type: 'generation.render',
    queue: 'images' as const,
    ownerId,
    params: { generationId },
    status,
    ...ended,
  }
  const { id: jobId } = onlyRow(await tx.insert(jobs).values(job).returning())
  await tx.insert(jobEvents).values({ jobId, seq: 1, type: 'status', data: { status } })
  const picture = { prompt: 'a hill', style: 'noir', seed: 1, strength: 1, provider: 'local' } as const
  await tx.insert(generations).values({ ...picture, id: generationId, ownerId, jobId, status })
  return { generationId, jobId }
}

const completedJob = async (tx: Tx, ownerId: string, type: string, params: object) => {
  const job = {
    type,
    queue: 'generation',
    ownerId,
    params,
    status: 'completed',
    finishedAt: new Date(),
  } as const
  const { id } = onlyRow(await tx.insert(jobs).values(job).returning())
  await tx.insert(jobEvents).values({ jobId: id, seq: 1, type: 'status', data: { status: 'completed' } })
  return id
}

/** Something that the owner is told, of a webhook that is no more. */
const makeNotification = async (tx: Tx, ownerId: string) => {
  const notedWebhookId = await newId(tx)
  await tellUser(tx, { ownerId, type: 'webhook.disabled', data: { webhookId: notedWebhookId } })
  return { notedWebhookId }
}

/** A dataset that is not stored, whose rows are made when they are read. */
const makeDataset = async (tx: Tx, ownerId: string, expiresAt: Date) => {
  const id = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'dataset.generate', { datasetId: id })
  const field = { name: 'id', type: 'uuid', options: {}, nullRate: 0, unique: true }
  const dataset = {
    ...{ id, jobId, ownerId, expiresAt, engineVersion, name: 'People', origin: 'generated' as const },
    ...{ stored: false, rowCount: 3, sizeBytes: 0, status: 'completed' as const },
    schema: {
      seed: '1',
      locale: 'en' as const,
      refDate: '2024-06-01T12:00:00Z',
      tables: [{ name: 'people', count: 3, fields: [field] }],
    },
  }
  const column = { name: 'id', type: 'uuid' as const }
  const people = { name: 'people', rowCount: 3, columns: [column], keyColumn: 'id' }
  await insertDataset(tx, dataset, [{ ...people, uniqueColumns: [], foreignKeys: [] }])
  return { datasetId: id, jobId }
}

/** An export whose file is there. */
const makeExport = async (tx: Tx, ownerId: string, fileId: string, expiresAt: Date) => {
  const id = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'export.write', { exportId: id, source: {} })
  const request = {
    resource: 'jobs',
    format: 'csv',
    compression: 'none',
    escapeFormulas: true,
  } as const
  await insertExport(tx, { id, jobId, ownerId, request, fileId, rowCount: 1, expiresAt, status: 'completed' })
  return { exportId: id, jobId }
}

/** A report whose file is there. */
const makeReport = async (tx: Tx, ownerId: string, fileId: string, expiresAt: Date) => {
  const id = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'report.write', { reportId: id, sections: ['posts'] })
  const request = { from: '2025-06-01', to: '2025-06-30' }
  await insertReport(tx, { id, jobId, ownerId, request, fileId, expiresAt, status: 'completed' })
  return { reportId: id, jobId }
}

/** A sync that has run once. Its headers open for nobody. */
const makeSync = async (tx: Tx, ownerId: string) => {
  const syncId = await newId(tx)
  const source = { name: 'Prices', url: 'https://example.com/prices.json', format: 'json' as const }
  const hidden = { sealedHeaders: randomBytes(64), headerNames: ['authorization'] }
  const timing = { everyMinutes: 60 }
  const nextRunAt = new Date('2199-01-01')
  await insertSync(tx, {
    ...{
      ...source,
      ...hidden,
      id: syncId,
      ownerId,
      timing,
      nextRunAt,
      keyColumns: ['id'],
      ownsDataset: true,
    },
  })
  const jobId = await completedJob(tx, ownerId, 'sync.run', { syncId, runId: syncId })
  await insertRun(tx, { syncId, jobId, trigger: 'schedule', status: 'completed', outcome: 'unchanged' })
  return syncId
}

/** A webhook with something that was sent to it. Its secret opens for nobody. */
const makeWebhook = async (tx: Tx, ownerId: string) => {
  const hook = { ownerId, url: 'https://example.com/hook', events: ['*'], sealedSecret: randomBytes(64) }
  const { id: webhookId } = await insertWebhook(tx, hook)
  const deliveryId = await newId(tx)
  const jobId = await completedJob(tx, ownerId, 'webhook.deliver', { deliveryId })
  const event = { eventType: 'stream.live', payload: '{}', status: 'completed' } as const
  await insertDelivery(tx, { id: deliveryId, webhookId, ownerId, jobId, ...event })
  return { webhookId, deliveryId }
}

/** A sign-in of somebody else that waits for a code, and a recovery code for it. */
const makeChallenge = async (tx: Tx) => {
  const email = `challenged-${randomBytes(4).toString('hex')}@example.com`
  const { id } = await addUser(tx, { email, name: null, role: 'user', emailVerifiedAt: null })
  const [recoveryCode = ''] = newRecoveryCodes()
  await replaceRecoveryCodes(tx, id, [hashRecoveryCode(recoveryCode)])
  return { challengeToken: (await challenge(tx, id)).challengeToken, recoveryCode }
}

/** A key whose text nobody has. */
const makeApiKey = async (tx: Tx, userId: string) => {
  const secretHash = randomBytes(32).toString('base64url')
  const key = { name: 'A script', prefix: newKeyPrefix(), scopes: ['posts:read' as const], expiresAt: null }
  return (await insertKey(tx, { ...key, userId, secretHash })).id
}

/** A passkey that no authenticator has. */
const makePasskey = async (tx: Tx, userId: string) => {
  const credentialId = randomBytes(16).toString('base64url')
  const facts = { transports: [], backupEligible: false, backedUp: false, name: 'A phone', signCount: 1 }
  return (await insertPasskey(tx, { ...facts, userId, credentialId, publicKey: randomBytes(77) })).id
}

/** A post that everybody sees, one that is not ready and one that was deleted. */
const makePosts = async (tx: Tx, ownerId: string) => {
  const make = async (
    post: Pick<typeof posts.$inferInsert, 'status' | 'publishedAt' | 'deletedAt' | 'coverFileId'>,
  ) => {
    const slug = `a-hill-${randomBytes(4).toString('hex')}`
    const text = { title: 'A hill', body: 'It is *green*.', excerpt: 'It is green.', excerptGiven: false }
    const about = { authorId: ownerId, slug, tags: ['hills'], language: 'english' as const }
    const [row] = await tx
      .insert(posts)
      .values({ ...text, ...about, ...post })
      .returning()
    return row?.id ?? ''
  }
  const picture = { kind: 'image', name: 'a.png', contentType: 'image/png', sizeBytes: 99 } as const
  const file = { ...picture, ownerId, storageKey: newUploadKey(), status: 'ready' as const }
  const coverFileId = onlyRow(await tx.insert(files).values(file).returning()).id
  const publishedAt = new Date(Date.now() - 60_000)
  return {
    pictureId: coverFileId,
    postId: await make({ status: 'published', publishedAt, coverFileId }),
    draftId: await make({ status: 'draft' }),
    deletedPostId: await make({ status: 'published', publishedAt, deletedAt: new Date() }),
  }
}

/** A project that is not live, with a destination that is wanted and one that is not. */
const makeProject = async (tx: Tx, ownerId: string, keys: LiveKeys) => {
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
const makeLiveProject = async (tx: Tx, ownerId: string, { streamKeyHash }: LiveKeys) => {
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
