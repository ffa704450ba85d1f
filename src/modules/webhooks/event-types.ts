/** All that webhooks are told. */
export const eventTypes = [
  ...(['stream.live', 'stream.reconnecting', 'stream.ended'] as const),
  ...(['destination.connecting', 'destination.broadcasting', 'destination.reconnecting'] as const),
  ...(['destination.errored', 'destination.stopped', 'destination.idle'] as const),
  ...(['recording.started', 'recording.stopped', 'recording.processing'] as const),
  ...(['recording.ready', 'recording.failed'] as const),
  'post.published',
  ...(['job.completed', 'job.failed', 'job.cancelled'] as const),
  'webhook.test',
] as const
export type EventType = (typeof eventTypes)[number]

const groups = new Set(eventTypes.map((type) => `${type.slice(0, type.indexOf('.'))}.*`))

/** What a webhook may ask for: everything, one group, or one event. */
export const eventFilters: readonly string[] = ['*', ...groups, ...eventTypes]
