import { z } from 'zod'
import { type ByteSink, writeByte, writeHex, writeUint } from '../../../../platform/rows/byte-sink.ts'
import { mix32 } from '../counter-hash.ts'
import { defineField } from '../field-type.ts'
import { listProducer, numberTexts, product, type Texts, union } from './texts.ts'
import { textsField } from './word-field.ts'

const point = 0x2e
const colon = 0x3a

/** The addresses from `first` on, as 32-bit numbers. */
const ipv4Block = (first: string, size: number): Texts => {
  const start = first.split('.').reduce((address, octet) => address * 256 + Number(octet), 0)
  return {
    size,
    maxBytes: 15,
    plain: true,
    write: (index, sink) => {
      const address = start + index
      writeUint(sink, address >>> 24)
      for (let shift = 16; shift >= 0; shift -= 8) {
        writeByte(sink, point)
        writeUint(sink, (address >>> shift) & 255)
      }
    },
  }
}

/** First octets that have a block for special use in them (IANA IPv4 Special-Purpose Address Registry, RFC 6890). */
const specialOctets = new Set([10, 100, 127, 169, 172, 192, 198, 203])
const publicOctets = Array.from({ length: 223 }, (_, index) => index + 1).filter(
  (octet) => !specialOctets.has(octet),
)

const ipv4Ranges = {
  any: [ipv4Block('0.0.0.0', 2 ** 32)],
  // RFC 1918
  private: [
    ipv4Block('10.0.0.0', 2 ** 24),
    ipv4Block('172.16.0.0', 2 ** 20),
    ipv4Block('192.168.0.0', 2 ** 16),
  ],
  public: publicOctets.map((octet) => ipv4Block(`${octet}.0.0.0`, 2 ** 24)),
  // RFC 5737
  documentation: ['192.0.2.0', '198.51.100.0', '203.0.113.0'].map((first) => ipv4Block(first, 256)),
}

/** Six groups of four digits that do not begin with 0, so that each address is in its only form (RFC 5952). */
const writeIpv6Groups = (index: number, sink: ByteSink): void => {
  const high = Math.floor(index / 2 ** 26)
  const low = index % 2 ** 26
  const more = mix32(mix32(high) ^ low)
  writeHex(sink, 0x2000 + (high >>> 13), 4)
  for (const group of [high & 0x1fff, low >>> 13, low & 0x1fff, more >>> 19, more & 0x1fff]) {
    writeByte(sink, colon)
    writeHex(sink, 0x2000 + group, 4)
  }
}

const ipv6Groups: Texts = { size: 2 ** 52, maxBytes: 29, plain: true, write: writeIpv6Groups }

const hexPairs: Texts = {
  size: 2 ** 40,
  maxBytes: 14,
  plain: true,
  write: (index, sink) => {
    writeHex(sink, Math.floor(index / 2 ** 32), 2)
    for (let shift = 24; shift >= 0; shift -= 8) {
      writeByte(sink, colon)
      writeHex(sink, (index >>> shift) & 255, 2)
    }
  },
}

/** Locally administered addresses of one station, which no maker of devices uses (IEEE 802). */
const macAddresses = union(['02', '06', '0a', '0e'].map((first) => product(`${first}:`, hexPairs)))

export const netAddressFields = [
  defineField({
    name: 'ipv4',
    group: 'internet',
    description: 'An IPv4 address.',
    options: z.strictObject({ range: z.enum(['any', 'private', 'public', 'documentation']).default('any') }),
    example: { range: 'private' },
    compile: ({ range }) => listProducer(union(ipv4Ranges[range])),
  }),
  textsField(
    {
      name: 'ipv6',
      group: 'internet',
      description: 'An IPv6 address of the range for documentation (RFC 3849).',
    },
    () => product('2001:db8:', ipv6Groups),
  ),
  textsField(
    {
      name: 'mac_address',
      group: 'internet',
      description: 'A hardware address that no device has from its maker.',
    },
    () => macAddresses,
  ),
  defineField({
    name: 'port',
    group: 'internet',
    description: 'A port number.',
    options: z
      .strictObject({
        min: z.int().min(0).max(65535).default(1024),
        max: z.int().min(0).max(65535).default(65535),
      })
      .refine(({ min, max }) => min <= max, { path: ['max'], message: 'max is less than min' }),
    example: { min: 1024, max: 49151 },
    compile: ({ min, max }) => listProducer(numberTexts(min, max), 'integer'),
  }),
]
