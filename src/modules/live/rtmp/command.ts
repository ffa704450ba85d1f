import { type AmfValue, decodeAmf0 } from './amf0.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'

/** RTMP 1.0 section 7.1.1. `object` is the command object; `values` are the arguments behind it. */
export type Command = { name: string; transactionId: number; object: AmfValue; values: AmfValue[] }

/**
 * Reads a command message of either encoding: those that say AMF3 hold AMF0 behind a byte that is 0.
 *
 * @throws {ProtocolError} when it is not a name, a number and values
 */
export const readCommand = ({ type, payload }: RtmpMessage): Command => {
  const isAmf3 = type === messageTypes.commandAmf3 && payload[0] === 0
  const [name, transactionId = 0, object, ...values] = decodeAmf0(isAmf3 ? payload.subarray(1) : payload)
  if (typeof name !== 'string' || typeof transactionId !== 'number') {
    throw new ProtocolError('a command without name or number')
  }
  return { name, transactionId, object, values }
}

export const commandMessage = (streamId: number, payload: Buffer): RtmpMessage => ({
  type: messageTypes.command,
  streamId,
  timestamp: 0,
  payload,
})

/** The information object of onStatus, _result and _error (section 7.2.2). */
export const statusOf = (level: 'status' | 'error', code: string, description: string) => ({
  level,
  code,
  description,
})

/** A field of a decoded object; undefined when there is none or the value is no object. */
export const field = (value: AmfValue, name: string): AmfValue =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !Array.isArray(value)
    ? value[name]
    : undefined
