import { createHmac, randomBytes } from 'node:crypto'

const keyBytes = 24
const keyForm = /^live_[\w-]{32}$/
const hintLength = 4
/** Of a shorter key its end would tell too much. */
const leastHinted = 12
const mask = '••••'

/** What a publisher names as its stream: 192 random bits behind `live_`. */
export const newStreamKey = (): string => `live_${randomBytes(keyBytes).toString('base64url')}`

export const isStreamKey = (text: string): boolean => keyForm.test(text)

/** What is stored of a project's stream key: it is found by this, and does not follow from it. */
export const hashStreamKey = (key: Buffer, streamKey: string): string =>
  createHmac('sha256', key).update(streamKey).digest('hex')

/** The end of a key, by which its owner tells keys apart; empty for a short one. */
export const hintOf = (streamKey: string): string =>
  streamKey.length < leastHinted ? '' : streamKey.slice(-hintLength)

/** What answers show in place of a key. */
export const maskedKey = (hint: string): string => `${mask}${hint}`
