import type { operations } from './generated/schema.ts'

export type OperationId = keyof operations

/** What the caller may decide about one call. */
export type Options = {
  /** Ends the call, its waits and its retries. */
  signal?: AbortSignal
  /** For each try, until the whole answer is there; for a stream, the longest silence. */
  timeoutMs?: number
  /** Names the request, so that it is done once however often it is sent. A new one is made when it is left out. */
  idempotencyKey?: string
  /** For operations that start a job: how long the server holds its answer for the job's end, up to 60. */
  waitSeconds?: number
  headers?: Record<string, string>
}

/** One event of a stream, with the number from which the stream goes on. */
export type StreamEvent<Data> = { id: string; event: string; data: Data }

export type Route = {
  method: string
  /** As in OpenAPI, with `{id}` for what is filled in. */
  path: string
  /** Repeating it under the same `Idempotency-Key` does nothing twice. */
  takesKey?: true
  takesForm?: true
  /** Nobody needs to be signed in. */
  isPublic?: true
}

export type Input = { path?: Record<string, string>; query?: object | undefined; body?: unknown }

/** The ways in which operations are called. */
export type Calls = {
  data: <Data>(route: Route, input: Input, options?: Options) => Promise<Data>
  nothing: (route: Route, input: Input, options?: Options) => Promise<void>
  page: <Page>(route: Route, input: Input, options?: Options) => Promise<Page>
  items: <Item>(route: Route, input: Input, options?: Options) => AsyncGenerator<Item, void>
  events: <Data>(route: Route, input: Input, options?: Options) => AsyncGenerator<StreamEvent<Data>, void>
  /** For what is not JSON. The body is the caller's to read. */
  response: (route: Route, input: Input, options?: Options) => Promise<Response>
}

type Content<Part, Type extends string> = Part extends { content: infer All }
  ? Type extends keyof All
    ? All[Type]
    : never
  : never
type Answers<Id extends OperationId> = operations[Id] extends { responses: infer All } ? All : never
type Answer<Id extends OperationId> = {
  [Status in keyof Answers<Id>]: Status extends 200 | 201 | 202
    ? Content<Answers<Id>[Status], 'application/json'>
    : never
}[keyof Answers<Id>]

/** What stands in the envelope, or the answer itself where there is none. */
export type Data<Id extends OperationId> =
  Answer<Id> extends infer One ? (One extends { success: true; data: infer Inner } ? Inner : One) : never

/** One page of a list. `page.nextCursor` is what the next one is asked for with. */
export type Page<Id extends OperationId> = Omit<Extract<Answer<Id>, { page: unknown }>, 'success'>

export type Item<Id extends OperationId> = Answer<Id> extends { data: (infer One)[] } ? One : never

export type EventData<Id extends OperationId> = Content<
  Answers<Id>[200 & keyof Answers<Id>],
  'text/event-stream'
>

export type Body<Id extends OperationId> = operations[Id] extends { requestBody?: infer Request }
  ? Content<NonNullable<Request>, 'application/json' | 'multipart/form-data'>
  : never

export type Query<Id extends OperationId> = operations[Id] extends { parameters: { query?: infer All } }
  ? NonNullable<All>
  : never
