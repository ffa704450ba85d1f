import { expect, test } from 'vitest'
import { ClientHandshake, type HandshakeStep, ServerHandshake } from './handshake.ts'
import { ProtocolError } from './protocol-error.ts'

const packet = (fill: number) => Buffer.alloc(1536, fill)
const opening = (fill: number) => Buffer.concat([Buffer.of(3), packet(fill)])

/** All replies and the rest of a conversation fed in two pieces. */
function feed(handshake: { read(data: Buffer): HandshakeStep }, data: Buffer, cut: number) {
  const replies: Buffer[] = []
  let rest: Buffer | undefined
  for (const piece of [data.subarray(0, cut), data.subarray(cut)]) {
    if (rest) {
      rest = Buffer.concat([rest, piece])
      continue
    }
    const step = handshake.read(piece)
    if (step.reply) replies.push(step.reply)
    rest = step.rest
  }
  return { reply: Buffer.concat(replies), rest }
}

test('the server answers version, packet and echo, wherever the bytes are cut', () => {
  const data = Buffer.concat([opening(7), packet(9), Buffer.from('rest')])
  for (let cut = 0; cut <= data.length; cut += 1) {
    const { reply, rest } = feed(new ServerHandshake(), data, cut)
    if (reply.length !== 3073 || rest?.toString() !== 'rest') expect.fail(`cut at ${cut}`)
  }
  const { reply } = feed(new ServerHandshake(), data, 0)
  expect(reply.subarray(0, 9).toString('hex')).toBe('030000000000000000')
  expect(reply.subarray(1537, 1541)).toEqual(packet(7).subarray(0, 4))
  expect(reply.subarray(1545)).toEqual(packet(7).subarray(8))
})

test('the client echoes, wherever the bytes are cut', () => {
  const data = Buffer.concat([opening(7), packet(9), Buffer.from('rest')])
  for (let cut = 0; cut <= data.length; cut += 1) {
    const { reply, rest } = feed(new ClientHandshake(), data, cut)
    if (reply.length !== 1536 || rest?.toString() !== 'rest') expect.fail(`cut at ${cut}`)
  }
})

test('both sides of it agree', () => {
  const client = new ClientHandshake()
  const server = new ServerHandshake()
  const answer = server.read(client.start())
  expect(answer.rest).toBeUndefined()
  const last = client.read(answer.reply ?? Buffer.alloc(0))
  expect(last.rest).toHaveLength(0)
  expect(server.read(last.reply ?? Buffer.alloc(0))).toEqual({ reply: undefined, rest: Buffer.alloc(0) })
})

test.each(['06', '47'])('refuses version byte %s before the rest arrives', (hex) => {
  expect(() => new ServerHandshake().read(Buffer.from(hex, 'hex'))).toThrow(ProtocolError)
  expect(() => new ClientHandshake().read(Buffer.from(hex, 'hex'))).toThrow(ProtocolError)
})
