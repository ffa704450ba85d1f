const defaultPauseMs = 60_000
const longestPauseMs = 24 * 3_600_000

/**
 * Where envelopes go, and what an envelope is: a line of headers, and for its one item a line of headers and a line of JSON.
 * https://develop.sentry.dev/sdk/foundations/transport/envelopes/, .../authentication/
 */
export const envelopeTarget = (dsn: string, client: string) => {
  const { protocol, host, username, pathname } = new URL(dsn)
  const [, path = '', project = ''] = /^(.*)\/([^/]+)$/.exec(pathname) ?? []
  return {
    url: `${protocol}//${host}${path}/api/${project}/envelope/`,
    headers: {
      'content-type': 'application/x-sentry-envelope',
      'x-sentry-auth': `Sentry sentry_version=7, sentry_client=${client.replace('@', '/')}, sentry_key=${username}`,
    },
    envelopeOf: (event: { event_id: string }): string => {
      const payload = JSON.stringify(event)
      const { event_id } = event
      const item = { type: 'event', content_type: 'application/json', length: Buffer.byteLength(payload) }
      return (
        [{ event_id, sent_at: new Date().toISOString() }, item]
          .map((line) => `${JSON.stringify(line)}\n`)
          .join('') + payload
      )
    },
  }
}

/**
 * How long no errors are wanted, in milliseconds; 0 when they are. `X-Sentry-Rate-Limits` is a list of
 * `seconds:categories:...`, and no category is all of them; without it a 429 has `Retry-After`, or means a minute.
 * https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
 */
export const pauseAskedMs = ({ status, headers }: Response): number => {
  const limits = headers.get('x-sentry-rate-limits')
  if (limits !== null) {
    const pauses = limits.split(',').map((limit) => {
      const [seconds = '', categories = ''] = limit.trim().split(':')
      const isMeant = categories === '' || categories.split(';').includes('error')
      return isMeant ? secondsToMs(seconds, defaultPauseMs) : 0
    })
    return Math.max(...pauses)
  }
  if (status !== 429) return 0
  const retryAfter = headers.get('retry-after') ?? ''
  const untilDate = Date.parse(retryAfter) - Date.now()
  return secondsToMs(retryAfter, untilDate > 0 ? Math.min(untilDate, longestPauseMs) : defaultPauseMs)
}

const secondsToMs = (text: string, otherwise: number): number =>
  /^\d+(\.\d+)?$/.test(text) ? Math.min(Number(text) * 1_000, longestPauseMs) : otherwise
