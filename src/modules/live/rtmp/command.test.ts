import { expect, test } from 'vitest'
import { messageOf } from '../../../../test/harness/rtmp-clients.ts'
import { encodeAmf0 } from './amf0.ts'
import { readCommand } from './command.ts'
import { messageTypes } from './message.ts'
import { ProtocolError } from './protocol-error.ts'

test('reads commands of both encodings', () => {
  const payload = encodeAmf0('publish', 5, null, 'key', 'live')
  const command = { name: 'publish', transactionId: 5, object: null, values: ['key', 'live'] }
  expect(readCommand(messageOf(messageTypes.command, 0, payload))).toEqual(command)
  const behindZero = Buffer.concat([Buffer.of(0), payload])
  expect(readCommand(messageOf(messageTypes.commandAmf3, 0, behindZero))).toEqual(command)
})

test('takes nothing for a command that has no name or number', () => {
  for (const payload of [encodeAmf0(), encodeAmf0(1, 2), encodeAmf0('connect', 'x'), Buffer.of(2, 255)]) {
    expect(() => readCommand(messageOf(messageTypes.command, 0, payload))).toThrow(ProtocolError)
  }
})
