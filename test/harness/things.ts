import { randomBytes } from 'node:crypto'
import { recordAct } from '../../src/modules/audit/record-act.ts'
import { openSession } from '../../src/modules/auth/sessions.ts'
import { insertVerification } from '../../src/modules/auth/verifications.repository.ts'
import { files, resumableUploads, uploads } from '../../src/modules/files/files.table.ts'
import { insertFlag } from '../../src/modules/flags/flags.repository.ts'
import { deriveLiveKeys } from '../../src/modules/projects/live-keys.ts'
import { putSettingRow } from '../../src/modules/settings/settings.repository.ts'
import { findActiveUser } from '../../src/modules/users/users.service.ts'
import { onlyRow } from '../../src/platform/database/database.ts'
import { newUploadKey } from '../../src/platform/storage/object-key.ts'
import type { TestApp } from './test-app.ts'
import {
  makeApiKey,
  makeChallenge,
  makeIdentity,
  makeNotification,
  makePasskey,
} from './things-of-accounts.ts'
import {
  makeDataset,
  makeExport,
  makeGeneration,
  makePosts,
  makeReport,
  makeSync,
  makeWebhook,
} from './things-of-data.ts'
import { makeLiveProject, makeProject } from './things-of-live.ts'

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
