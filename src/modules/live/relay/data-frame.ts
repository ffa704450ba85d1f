import { encodeAmf0 } from '../rtmp/amf0.ts'
import type { RtmpMessage } from '../rtmp/message.ts'

const command = encodeAmf0('@setDataFrame')

/** Metadata as a publisher sends it: servers keep what follows `@setDataFrame` for those who join later. */
export const setDataFrame = (message: RtmpMessage): RtmpMessage => ({
  ...message,
  payload: Buffer.concat([command, message.payload]),
})
