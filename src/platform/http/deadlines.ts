/** How long a client may take, in milliseconds. */
export type Deadlines = {
  /** Until all headers of a request have come. */
  headersMs: number
  /** Until a body has come that is read as a whole; streamed ones are bound by their pace. */
  bodyMs: number
  /** Without a single byte in either direction, such as a reader that stands still. Longer than any answer takes. */
  idleMs: number
}

export const defaultDeadlines: Deadlines = { headersMs: 15_000, bodyMs: 30_000, idleMs: 120_000 }
