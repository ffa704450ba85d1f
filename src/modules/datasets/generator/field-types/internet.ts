import { z } from 'zod'
import { writeByte } from '../../../../platform/rows/byte-sink.ts'
import { draw32 } from '../counter-hash.ts'
import type { Dictionaries } from '../dictionaries.ts'
import { defineField } from '../field-type.ts'
import { asciiWords, capitalAsciiWords } from './ascii-words.ts'
import { netAddressFields } from './net-addresses.ts'
import { listProducer, numberTexts, oneOf, product, type Texts, wordTexts } from './texts.ts'
import { userAgents } from './user-agents.ts'
import { choiceField, textsField, wordField } from './word-field.ts'

/** Top-level domains that are never given to anybody (RFC 2606 and RFC 6761). */
const reservedDomains = ['example', 'test', 'invalid']

const words = (dictionaries: Dictionaries): Texts => wordTexts(asciiWords(dictionaries, 'lorem.word'))

const domains = (dictionaries: Dictionaries): Texts =>
  product(words(dictionaries), '-', words(dictionaries), '.', oneOf(reservedDomains))

const slugs = (dictionaries: Dictionaries, count: number): Texts =>
  product(
    ...Array.from({ length: count }, (_, index) => [...(index > 0 ? ['-'] : []), words(dictionaries)]).flat(),
  )

const passwordLetters = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const lettersPerWord = 5

/** Of the registry of HTTP status codes (RFC 9110), those that servers answer often. */
const statuses = [
  200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 412, 413,
  415, 422, 429, 500, 501, 502, 503, 504,
]

const domainName = z
  .string()
  .max(100)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'not a domain name')

export const internetFields = [
  defineField({
    name: 'email',
    group: 'internet',
    description:
      'An address of ASCII letters (RFC 5321), by default in a domain that receives no mail (RFC 2606).',
    options: z.strictObject({
      domains: z.array(domainName).min(1).max(50).default(['example.com', 'example.net', 'example.org']),
    }),
    example: { domains: ['example.com'] },
    compile: (options, { dictionaries }) =>
      listProducer(
        product(
          wordTexts(asciiWords(dictionaries, 'person.first_name')),
          '.',
          wordTexts(asciiWords(dictionaries, 'person.last_name')),
          numberTexts(1, 9999),
          '@',
          oneOf(options.domains),
        ),
      ),
  }),
  defineField({
    name: 'password',
    group: 'internet',
    description:
      'Random letters, digits, hyphens and underscores. For trials alone: whoever knows the seed knows it.',
    options: z.strictObject({ length: z.int().min(8).max(128).default(16) }),
    example: { length: 20 },
    compile: ({ length }, { key }) => ({
      kind: 'computed',
      columnType: 'text',
      maxBytes: length,
      plain: true,
      unique: false,
      write: (row, sink) => {
        for (let from = 0; from < length; from += lettersPerWord) {
          const word = draw32(key, row, from / lettersPerWord)
          const count = Math.min(lettersPerWord, length - from)
          for (let letter = 0; letter < count; letter += 1) {
            writeByte(sink, passwordLetters[(word >>> (6 * letter)) & 63] as number)
          }
        }
      },
    }),
  }),
  textsField(
    {
      name: 'domain_name',
      group: 'internet',
      description: 'A domain under a reserved ending, which nobody owns (RFC 2606).',
    },
    domains,
  ),
  textsField(
    { name: 'url', group: 'internet', description: 'An address of a page in a domain that nobody owns.' },
    (dictionaries) =>
      product('https://', domains(dictionaries), '/', words(dictionaries), '/', words(dictionaries)),
  ),
  ...netAddressFields,
  textsField(
    { name: 'user_agent', group: 'internet', description: 'What a current browser says it is.' },
    () => userAgents,
  ),
  choiceField({
    name: 'http_method',
    group: 'internet',
    description: 'A method of HTTP (RFC 9110, RFC 5789).',
    values: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  }),
  choiceField({
    name: 'http_status',
    group: 'internet',
    description: 'A status code of HTTP (RFC 9110).',
    values: statuses,
    columnType: 'integer',
  }),
  choiceField({
    name: 'protocol',
    group: 'internet',
    description: 'http or https.',
    values: ['http', 'https'],
  }),
  defineField({
    name: 'slug',
    group: 'internet',
    description: 'Words in lower case with hyphens between, as in the address of a page.',
    options: z.strictObject({ words: z.int().min(1).max(8).default(3) }),
    example: { words: 3 },
    compile: (options, { dictionaries }) => listProducer(slugs(dictionaries, options.words)),
  }),
  textsField(
    { name: 'hashtag', group: 'internet', description: 'A number sign and two words.' },
    (dictionaries) => {
      const capitals = wordTexts(capitalAsciiWords(dictionaries, 'lorem.word'))
      return product('#', capitals, capitals)
    },
  ),
  wordField({ name: 'emoji', group: 'internet', description: 'A pictograph.', list: 'internet.emoji' }),
]
