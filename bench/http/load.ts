export type Load = {
  /** Connections are dealt out to these in turn. */
  ports: number[]
  seconds: number
  /** For each connection the whole requests that it sends, over and over. */
  plans: string[][]
  /** How long a connection waits before each request, on average; it sends the next one at once with 0. */
  pauseMs: number
}

export type LoadReport = {
  requests: number
  perSecond: number
  /** Of all requests together, as the client saw them. */
  totalMs: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
  /** How many answers were no 2xx, and how many connections broke. */
  failures: number
}

/** Stands in a request for characters, as many as these, that no other request has. */
export const uniqueMark = '%unique-%'
