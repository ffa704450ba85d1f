/** Message type ids: RTMP 1.0 sections 5.4 and 7.1. Ids that are not listed pass through as plain numbers. */
export const messageTypes = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const

/** `timestamp` is absolute, in milliseconds, an unsigned 32-bit number that wraps. */
export type RtmpMessage = { type: number; streamId: number; timestamp: number; payload: Buffer }
