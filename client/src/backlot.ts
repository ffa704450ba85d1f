import { BacklotError } from './backlot-error.ts'
import type { Body, Calls, Input, Options, Route } from './calls.ts'
import { followEvents } from './follow-events.ts'
import { bindOperations, type User } from './generated/operations.ts'
import { createRealtime, type Realtime, type RealtimeOptions } from './realtime.ts'
import { createSender } from './send.ts'
import {
  type Credentials,
  createSessionKeeper,
  keepInMemory,
  type SessionStore,
  type Tokens,
} from './session.ts'
import { type UploadOptions, uploadFile } from './upload.ts'
import { type WaitOptions, waitForJob } from './wait-for-job.ts'

export { BacklotError, type FieldFault } from './backlot-error.ts'
export type { Body, Data, Item, OperationId, Options, Query, StreamEvent } from './calls.ts'
export type * from './generated/operations.ts'
export type { Realtime, RealtimeEvent, RealtimeOptions, Topic } from './realtime.ts'
export { keepInMemory, type Session, type SessionStore } from './session.ts'
export { JobFailed } from './wait-for-job.ts'

export type Settings = {
  /** Where Backlot answers, such as `https://api.example.com`. */
  url: string
  /** Calls in the name of its user, without a session. */
  apiKey?: string
  /** Where the session is kept; in memory, when it is left out. */
  store?: SessionStore
  fetch?: typeof globalThis.fetch
  /** For each try. */
  timeoutMs?: number
  /** How often a call is repeated that may be. */
  retries?: number
}

export type Backlot = ReturnType<typeof createBacklot>

const defaultTimeoutMs = 30_000
const defaultRetries = 3

/** A client of one Backlot, for one user or API key. It holds nothing open. */
export const createBacklot = ({ url, apiKey, store = keepInMemory(), ...given }: Settings) => {
  const settings = {
    fetch: given.fetch ?? ((...request: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...request)),
    timeoutMs: given.timeoutMs ?? defaultTimeoutMs,
    retries: given.retries ?? defaultRetries,
  }
  const keeper = createSessionKeeper(store, (refreshToken) => operations.auth.refresh({ refreshToken }))
  const credentials = apiKey === undefined ? keeper : keyCredentials(apiKey)
  const operations = bindOperations(bindCalls(createSender({ url, ...settings, credentials })))

  const begin = async ({ user, ...tokens }: Tokens & { user: User }): Promise<User> => {
    await keeper.adopt(tokens)
    return user
  }
  return {
    ...operations,
    /** Makes an account and keeps its session. */
    signUp: async (body: Body<'auth.signup'>, options?: Options) =>
      begin(await operations.auth.signup(body, options)),
    /**
     * Signs in and keeps the session.
     * @param askCode asked for a code of the second factor, where there is one; without it that is an error, `TOTP_REQUIRED`
     */
    signIn: async (body: Body<'auth.login'>, askCode?: () => Promise<string>, options?: Options) => {
      const answer = await operations.auth.login(body, options)
      if ('accessToken' in answer) return begin(answer)
      if (askCode === undefined) throw new BacklotError(answer.code, 'A code of the second factor is needed.')
      const { challengeToken } = answer
      return begin(await operations.auth.loginTotp({ challengeToken, code: await askCode() }, options))
    },
    /** Ends the session, here in any case. */
    signOut: async (options?: Options): Promise<void> => {
      try {
        if ((await keeper.load()) !== undefined) await operations.auth.logout(options)
      } finally {
        await keeper.forget()
      }
    },
    /** Goes on with a session that began elsewhere. */
    adoptSession: async (tokens: Tokens): Promise<void> => void (await keeper.adopt(tokens)),
    /** Follows a job to its end. Throws `JobFailed` when it did not complete. */
    waitForJob: (id: string, options?: WaitOptions) => waitForJob(operations.jobs, id, options),
    /** Follows what happens, over one WebSocket: opened when the first topic is followed, closed when the last one is left. */
    realtime: (options?: RealtimeOptions): Realtime =>
      createRealtime({ url, credentials, silenceMs: settings.timeoutMs }, options),
    /** Sends a file straight to the storage. */
    upload: (content: Blob, options: UploadOptions) =>
      uploadFile(operations.uploads, settings, content, options),
  }
}

const keyCredentials = (apiKey: string): Credentials => ({
  token: async () => apiKey,
  tokenAfter: async () => undefined,
  freshUntil: async () => undefined,
})

const bindCalls = (send: ReturnType<typeof createSender>): Calls => {
  const json = <Answer>(route: Route, input: Input, options: Options = {}): Promise<Answer> =>
    send(route, input, options, readJson<Answer>)
  return {
    data: async <Data>(route: Route, input: Input, options?: Options) => {
      const answer = await json<{ success: true; data: Data } | Data>(route, input, options)
      return isEnvelope(answer) ? answer.data : answer
    },
    nothing: (route, input, options = {}) =>
      send(route, input, options, async (response) => void (await response.arrayBuffer())),
    page: json,
    items: (route, input, options) => allItems(json, route, input, options),
    events: (route, input, options) => followEvents(send, route, input, options),
    response: (route, input, options = {}) => send(route, input, options, async (response) => response),
  }
}

const readJson = async <Answer>(response: Response): Promise<Answer> => {
  if (!response.headers.get('content-type')?.includes('json')) {
    throw new BacklotError('NOT_BACKLOT', `What answers there is no Backlot.`)
  }
  return JSON.parse(await response.text())
}

const isEnvelope = <Data>(
  answer: { success: true; data: Data } | Data,
): answer is { success: true; data: Data } =>
  typeof answer === 'object' && answer !== null && 'success' in answer && 'data' in answer

/** Walks over all pages; the next one is asked for when the last item of the one before was taken. */
async function* allItems<Item>(
  json: <Answer>(route: Route, input: Input, options?: Options) => Promise<Answer>,
  route: Route,
  input: Input,
  options: Options | undefined,
): AsyncGenerator<Item, void> {
  let cursor: string | null | undefined
  do {
    const query = cursor === undefined ? input.query : { ...input.query, offset: undefined, cursor }
    const answer = await json<{ data: Item[]; page: { nextCursor: string | null } }>(
      route,
      { ...input, query },
      options,
    )
    yield* answer.data
    cursor = answer.page.nextCursor
  } while (cursor !== null)
}
