import { call, type Person } from './client.ts'
import type { TestApp } from './test-app.ts'

type Options = { headers?: Record<string, string> }

/** What one person, or nobody in particular, does with posts. */
export const postsClient = (backlot: Pick<TestApp, 'app'>, who?: Person) => ({
  write: (fields: object = {}, options: Options = {}) =>
    call(backlot, who, 'POST', '/v1/posts', {
      body: { title: 'A post', body: 'Some *words*.', ...fields },
      ...options,
    }),
  change: (id: string, body: object, options: Options = {}) =>
    call(backlot, who, 'PATCH', `/v1/posts/${id}`, { body, ...options }),
  remove: (id: string, options: Options = {}) => call(backlot, who, 'DELETE', `/v1/posts/${id}`, options),
  restore: (id: string) => call(backlot, who, 'POST', `/v1/posts/${id}/restore`),
  get: (id: string, query: Record<string, string> = {}) =>
    call(backlot, who, 'GET', `/v1/posts/${encodeURIComponent(id)}?${new URLSearchParams(query)}`),
  list: (query: Record<string, string> = {}) =>
    call(backlot, who, 'GET', `/v1/posts?${new URLSearchParams(query)}`),
})
