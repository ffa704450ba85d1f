import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AmfValue, decodeAmf0, encodeAmf0 } from './amf0.ts'
import { ProtocolError } from './protocol-error.ts'

const bytes = (...hex: string[]) => Buffer.from(hex.join('').replaceAll(' ', ''), 'hex')

const vectors: [name: string, hex: string, value: AmfValue][] = [
  ['number', '00 3ff0000000000000', 1],
  ['true', '01 01', true],
  ['false', '01 00', false],
  ['string', '02 0004 6c697665', 'live'],
  ['text beyond ASCII', '02 0002 c3a9', 'é'],
  ['null', '05', null],
  ['undefined', '06', undefined],
  ['date', '0b 4271f71fb04cb000 0000', new Date(1_234_567_890_123)],
  ['strict array', '0a 00000002 05 01 01', [null, true]],
  ['object', '03 0001 61 05 0001 62 03 000009 000009', { a: null, b: {} }],
  ['object with an empty key', '03 0000 05 000009', { '': null }],
]

test.each(vectors)('writes and reads a %s', (_name, hex, value) => {
  expect(encodeAmf0(value).toString('hex')).toBe(bytes(hex).toString('hex'))
  expect(decodeAmf0(bytes(hex))).toEqual([value])
})

test('reads an ECMA array, whatever count it announces', () => {
  expect(decodeAmf0(bytes('08 ffffffff 0005 7769647468 00 409e000000000000 000009'))).toEqual([
    { width: 1920 },
  ])
})

test('reads and writes a long string', () => {
  expect(decodeAmf0(bytes('0c 00000002 6869'))).toEqual(['hi'])
  const long = 'x'.repeat(65_536)
  expect(encodeAmf0(long).subarray(0, 5).toString('hex')).toBe('0c00010000')
  expect(decodeAmf0(encodeAmf0(long))).toEqual([long])
  expect(encodeAmf0('x'.repeat(65_535)).subarray(0, 3).toString('hex')).toBe('02ffff')
})

test('reads a connect command as an encoder sends it', () => {
  const command = bytes(
    '02 0007 636f6e6e656374', // connect
    '00 3ff0000000000000',
    '03 0003 617070 02 0004 6c697665 0004 74797065 02 000a 6e6f6e70726976617465 000009',
  )
  expect(decodeAmf0(command)).toEqual(['connect', 1, { app: 'live', type: 'nonprivate' }])
})

const scalar: fc.Arbitrary<AmfValue> = fc.oneof(
  fc.double(),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constant(null),
  fc.constant(undefined),
  fc.date(),
)
const { value } = fc.letrec<{ value: AmfValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 10 },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 5 }),
  ),
}))

test('gives back every value', () => {
  fc.assert(
    fc.property(value, (each) => {
      expect(decodeAmf0(encodeAmf0(each))).toEqual([each])
    }),
  )
})

test('refuses every truncation', () => {
  const whole = bytes(...vectors.map(([, hex]) => hex))
  const ends = new Set(
    vectors.map((_, index) => bytes(...vectors.slice(0, index).map(([, hex]) => hex)).length),
  )
  for (let end = 0; end < whole.length; end += 1) {
    if (ends.has(end)) continue
    expect(() => decodeAmf0(whole.subarray(0, end)), `cut at ${end}`).toThrow(ProtocolError)
  }
})

test.each([
  ['a reference', '07 0000'],
  ['a typed object', '10 0001 61 000009'],
  ['an unknown type', 'ff'],
  ['a strict array of four thousand million', '0a ffffffff'],
  ['a long string longer than the payload', '0c ffffffff 61'],
  ['an object end alone', '000009'],
])('refuses %s', (_name, hex) => {
  expect(() => decodeAmf0(bytes(hex))).toThrow(ProtocolError)
})

test('bounds depth and count', () => {
  const nested = (levels: number) =>
    Buffer.concat([Buffer.alloc(5 * levels, '0a00000001', 'hex'), bytes('05')])
  expect(decodeAmf0(nested(15))).toHaveLength(1)
  expect(() => decodeAmf0(nested(16))).toThrow(ProtocolError)
  expect(() => decodeAmf0(nested(100_000))).toThrow(ProtocolError)
  expect(decodeAmf0(Buffer.alloc(1000, 5))).toHaveLength(1000)
  expect(() => decodeAmf0(Buffer.alloc(1001, 5))).toThrow(ProtocolError)
  expect(() => decodeAmf0(Buffer.concat([bytes('0a ffffffff'), Buffer.alloc(5000, 5)]))).toThrow(
    ProtocolError,
  )
})

test('keeps prototype keys as plain properties', () => {
  const key = (name: string) => [Buffer.from([0, name.length]), Buffer.from(name)]
  const hostile = Buffer.concat([
    bytes('03'),
    ...key('__proto__'),
    bytes('03 0008 706f6c6c75746564 0101 000009'),
    ...key('constructor'),
    bytes('05 000009'),
  ])
  const [object] = decodeAmf0(hostile)
  expect(Object.getPrototypeOf(object)).toBeNull()
  expect(Object.keys(Object(object))).toEqual(['__proto__', 'constructor'])
  expect('polluted' in {}).toBe(false)
})

test('only ever throws ProtocolError', () => {
  const byte = fc.oneof(fc.nat(18), fc.nat(255))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), (payload) => {
      try {
        decodeAmf0(Buffer.from(payload))
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 5000 },
  )
})
