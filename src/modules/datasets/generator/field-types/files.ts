import { z } from 'zod'
import { writeHex } from '../../../../platform/rows/byte-sink.ts'
import { draw32 } from '../counter-hash.ts'
import { defineField } from '../field-type.ts'
import { permutation } from '../permutation.ts'
import { asciiWords } from './ascii-words.ts'
import { listProducer, numberTexts, oneOf, product, type Texts, wordTexts } from './texts.ts'
import { choiceField, textsField } from './word-field.ts'

/** Usual kinds of files (IANA media types). */
const mimeTypesByExtension = {
  pdf: 'application/pdf',
  json: 'application/json',
  xml: 'application/xml',
  zip: 'application/zip',
  gz: 'application/gzip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  epub: 'application/epub+zip',
  wasm: 'application/wasm',
  parquet: 'application/vnd.apache.parquet',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  woff2: 'font/woff2',
  avif: 'image/avif',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
  css: 'text/css',
  csv: 'text/csv',
  html: 'text/html',
  js: 'text/javascript',
  md: 'text/markdown',
  txt: 'text/plain',
  mp4: 'video/mp4',
  webm: 'video/webm',
}
const extensions = Object.keys(mimeTypesByExtension)

const sidePixels = z.int().min(1).max(5000)

const hexColors: Texts = {
  size: 2 ** 24,
  maxBytes: 6,
  plain: true,
  write: (index, sink) => writeHex(sink, index, 6),
}

export const fileFields = [
  textsField(
    { name: 'file_name', group: 'internet', description: 'Two words and an extension.' },
    (dictionaries) => {
      const words = wordTexts(asciiWords(dictionaries, 'lorem.word'))
      return product(words, '_', words, '.', oneOf(extensions))
    },
  ),
  choiceField({
    name: 'file_extension',
    group: 'internet',
    description: 'The ending of a usual kind of file.',
    values: extensions,
  }),
  choiceField({
    name: 'mime_type',
    group: 'internet',
    description: 'The media type of a usual kind of file (RFC 6838).',
    values: Object.values(mimeTypesByExtension),
  }),
  defineField({
    name: 'image_url',
    group: 'internet',
    description: 'The address of a photograph at picsum.photos, always the same one for the same address.',
    options: z.strictObject({ width: sidePixels.default(640), height: sidePixels.default(480) }),
    example: { width: 640, height: 480 },
    compile: ({ width, height }) =>
      listProducer(product('https://picsum.photos/seed/', numberTexts(1, 2 ** 32), `/${width}/${height}`)),
  }),
  textsField(
    {
      name: 'avatar_url',
      group: 'internet',
      description: 'The address of a drawn face at dicebear.com, one for each number.',
    },
    () =>
      product(
        'https://api.dicebear.com/9.x/',
        oneOf(['adventurer', 'avataaars', 'bottts', 'lorelei', 'notionists', 'personas']),
        '/svg?seed=',
        numberTexts(1, 2 ** 32),
      ),
  ),
  textsField(
    { name: 'color_hex', group: 'internet', description: 'A colour as CSS writes it, such as #1e90ff.' },
    () => product('#', hexColors),
  ),
  textsField({ name: 'semver', group: 'internet', description: 'A version number (semver.org).' }, () =>
    product(numberTexts(0, 9), '.', numberTexts(0, 49), '.', numberTexts(0, 99)),
  ),
  defineField({
    name: 'git_sha',
    group: 'internet',
    description: 'The name of a commit: 40 hexadecimal digits.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { key }) => {
      // The first word is a permutation of the row number, which keeps all of them apart.
      const first = permutation(key, 2 ** 32)
      return {
        kind: 'computed',
        columnType: 'text',
        maxBytes: 40,
        plain: true,
        unique: true,
        write: (row, sink) => {
          writeHex(sink, first(row), 8)
          for (let word = 0; word < 4; word += 1) writeHex(sink, draw32(key, row, word), 8)
        },
      }
    },
  }),
]
