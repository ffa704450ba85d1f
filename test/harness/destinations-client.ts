import { expect } from 'vitest'
import { deriveLiveKeys } from '../../src/modules/projects/live-keys.ts'
import { readRelayTargets } from '../../src/modules/projects/live-project.ts'
import { call, type Person } from './client.ts'
import type { TestApp } from './test-app.ts'

export const streamKey = 'abcd-efgh-1234-wxyz'
export const url = 'rtmp://live.example.com/app'
export const custom = { name: 'Mine', platform: 'custom', url, streamKey }

/** One user's way to destinations, and a look at what is relayed to. */
export const destinationsClient = (backlot: TestApp, ada: Person) => {
  const newProject = async (): Promise<string> =>
    (await call(backlot, ada, 'POST', '/v1/projects', { body: { name: 'Show' } })).data.id
  const add = (projectId: string, body: object, headers = {}, who = ada) =>
    call(backlot, who, 'POST', `/v1/projects/${projectId}/destinations`, { body, headers })
  const make = async (body: object = {}, projectId?: string) => {
    const answer = await add(projectId ?? (await newProject()), { ...custom, ...body })
    expect(answer.status, answer.text).toBe(201)
    return answer.data
  }
  const patch = (id: string, body: object) => call(backlot, ada, 'PATCH', `/v1/destinations/${id}`, { body })
  const act = async (id: string, action: 'start' | 'stop') =>
    (await call(backlot, ada, 'POST', `/v1/destinations/${id}/${action}`)).data
  const targets = (projectId: string) =>
    readRelayTargets(backlot.platform.db, deriveLiveKeys(backlot.config.secretKey), projectId)
  return { newProject, add, make, patch, act, targets }
}

export type DestinationsClient = ReturnType<typeof destinationsClient>

export const faultsOf = ({ status, error }: { status: number; error?: { errors: { path: string }[] } }) => ({
  status,
  paths: error?.errors.map(({ path }) => path),
})
