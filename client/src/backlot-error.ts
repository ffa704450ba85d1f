/** One fault in the input: where it is, a machine-readable code, and a sentence for the reader. */
export type FieldFault = { path: string; code: string; message: string }

type Facts = {
  status?: number | undefined
  fields?: FieldFault[] | undefined
  requestId?: string | undefined
  retryAfterMs?: number | undefined
  cause?: unknown
}

/**
 * Why a call failed: what the server said, or that it said nothing. `code` is stable and machine-readable, such as
 * `VALIDATION_FAILED`; without an answer it is `CONNECTION_FAILED` or `TIMED_OUT`, and `status` is undefined.
 */
export class BacklotError extends Error {
  readonly code: string
  readonly status: number | undefined
  /** Of a 422: every fault, with its field. */
  readonly fields: FieldFault[]
  /** Under which the server's log has the request. */
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, { status, fields, requestId, retryAfterMs, cause }: Facts = {}) {
    super(message, { cause })
    this.name = 'BacklotError'
    this.code = code
    this.status = status
    this.fields = fields ?? []
    this.requestId = requestId
    this.retryAfterMs = retryAfterMs
  }
}

/** Reads a refusal. What is not of the API, such as a proxy's page, has the code `HTTP_502`. */
export const errorOf = async (response: Response): Promise<BacklotError> => {
  const { status } = response
  const facts = {
    status,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    requestId: response.headers.get('x-request-id') ?? undefined,
  }
  const text = await response.text()
  const { error } = parseFailure(text)
  if (error === undefined) return new BacklotError(`HTTP_${status}`, `The server answered ${status}.`, facts)
  const requestId = error.requestId ?? facts.requestId
  return new BacklotError(error.code, error.message, { ...facts, requestId, fields: error.errors })
}

type Failure = { error?: { code: string; message: string; errors?: FieldFault[]; requestId?: string } }

const parseFailure = (text: string): Failure => {
  try {
    const parsed: Failure | null = JSON.parse(text)
    return typeof parsed?.error?.code === 'string' ? parsed : {}
  } catch {
    return {}
  }
}

/** Seconds, or an instant (RFC 9110, 10.2.3). */
const retryAfterMs = (text: string | null): number | undefined => {
  if (text === null) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
