import { expect, test } from 'vitest'
import type { Document } from './document.ts'
import { nameOperations } from './operation-ids.ts'

const list = { 200: { schema: { properties: { data: { type: 'array' } } } } }

test.for([
  ['/v1/posts', { get: { responses: list }, post: {} }, 'posts.list posts.create'],
  ['/v1/api-keys/{id}', { get: {}, patch: {}, delete: {} }, 'apiKeys.get apiKeys.update apiKeys.delete'],
  ['/v1/jobs/{id}/cancel', { post: {} }, 'jobs.cancel'],
  ['/v1/auth/sessions', { get: { responses: list }, delete: {} }, 'auth.sessions auth.deleteSessions'],
  ['/v1/auth/sessions/{id}', { get: {}, delete: {} }, 'auth.getSession auth.deleteSession'],
  [
    '/v1/projects/{id}/destinations',
    { get: {}, post: {} },
    'projects.destinations projects.createDestination',
  ],
  ['/v1/files/{id}/content', { get: {}, head: {} }, 'files.content files.headContent'],
  ['/v1/streams/on_publish_done', { post: {} }, 'streams.onPublishDone'],
  ['/v1/me/address', { put: {}, get: {} }, 'me.address me.replaceAddress'],
  ['/', { get: {} }, 'service.get'],
  ['/v1/export', { post: { operationId: 'exports.create' } }, 'exports.create'],
] as const)('%s', ([path, operations, ids]) => {
  const document: Document = { paths: { [path]: JSON.parse(JSON.stringify(operations)) }, components: {} }
  nameOperations(document)
  const named = Object.values(document.paths[path] ?? {}).map(({ operationId = '' }) => operationId)
  expect(named.toSorted()).toEqual(ids.split(' ').toSorted())
})
