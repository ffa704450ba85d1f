import { z } from 'zod'

const requestTimeoutMs = 2_000

const clusterSchema = z.object({
  members: z.array(z.object({ name: z.string(), role: z.string(), state: z.string() })),
})
export type MemberState = z.infer<typeof clusterSchema>['members'][number]

/** What one member knows of all of them. https://patroni.readthedocs.io/en/latest/rest_api.html */
export const readMembers = async (restPort: number): Promise<MemberState[]> => {
  const response = await fetch(`http://127.0.0.1:${restPort}/cluster`, {
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  return clusterSchema.parse(await response.json()).members
}

/** Whether the member itself says that it is the primary, with the leader's lock, and can be written to. */
export const isPrimary = async (restPort: number): Promise<boolean> => {
  const response = await fetch(`http://127.0.0.1:${restPort}/primary`, {
    method: 'HEAD',
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  return response.status === 200
}

/** Changes the settings of the whole cluster. */
export const changeConfiguration = async (
  restPort: number,
  password: string,
  change: object,
): Promise<void> => {
  const response = await fetch(`http://127.0.0.1:${restPort}/config`, {
    method: 'PATCH',
    headers: { authorization: `Basic ${Buffer.from(`patroni:${password}`).toString('base64')}` },
    body: JSON.stringify(change),
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  if (!response.ok) throw new Error(`Patroni refused the change: ${response.status} ${await response.text()}`)
}
