import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileTypeFromBuffer } from 'file-type'
import type { Storage } from '../../platform/storage/storage.ts'

/** Far more than any header of the types that we take, the list of parts of an office document included. */
const prefixBytes = 256 * 1024

const textTypes = new Set(['text/plain', 'text/csv', 'text/markdown', 'application/json'])

/** Types that are told apart by what browsers do not care about. */
const sameAs: Record<string, string> = {
  'image/apng': 'image/png',
  'video/x-m4v': 'video/mp4',
}

/**
 * What an object is by its bytes. Kinds of text cannot be told from each other, so for those the declared one stands when
 * the object is text at all. Undefined for what nothing is known of.
 */
export const detectContentType = async (
  storage: Storage,
  key: string,
  sizeBytes: number,
  declared: string | undefined,
): Promise<string | undefined> => {
  const prefix = await readPrefix(storage, key, sizeBytes)
  if (prefix === undefined) return undefined
  if (declared !== undefined && textTypes.has(declared)) {
    const markup = markupType(prefix)
    if (markup !== undefined) return markup
    const whole = await storage.read(key)
    if (whole !== undefined && (await isText(whole)) && mayBe(declared, prefix)) return declared
  }
  const detected = (await fileTypeFromBuffer(prefix))?.mime ?? markupType(prefix)
  return detected === undefined ? undefined : (sameAs[detected] ?? detected)
}

const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const binaryTableTypes = new Set([spreadsheet, 'application/vnd.apache.parquet'])

/**
 * The same for a table, of the type that its name says. Text is believed, since what cannot be read of it is told row by
 * row when it is parsed; so is a ZIP archive that should be a spreadsheet.
 */
export const detectTableType = async (
  storage: Storage,
  key: string,
  sizeBytes: number,
  declared: string | undefined,
): Promise<string | undefined> => {
  const prefix = await readPrefix(storage, key, sizeBytes)
  if (prefix === undefined || declared === undefined) return undefined
  const detected = (await fileTypeFromBuffer(prefix))?.mime ?? markupType(prefix)
  if (!binaryTableTypes.has(declared)) return detected ?? declared
  return detected === 'application/zip' && declared === spreadsheet ? spreadsheet : detected
}

const readPrefix = async (storage: Storage, key: string, sizeBytes: number): Promise<Buffer | undefined> => {
  if (sizeBytes === 0) return undefined
  const stream = await storage.read(key, { first: 0, last: Math.min(prefixBytes, sizeBytes) - 1 })
  return stream === undefined ? undefined : buffer(stream)
}

/** A comment ends at its first mark, so that many of them are split in one way only, and matching takes linear time. */
const opening =
  /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)*(<\?xml|<!doctype\s+\w+|<(?:html|head|body|script|svg)\b|%PDF-|\{\\rtf)/i

/** What text is that is more than text to the programs that open it. */
const markupType = (prefix: Buffer): string | undefined => {
  const start = prefix
    .subarray(0, 8_192)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  const found = opening.exec(start)?.[1]?.toLowerCase()
  if (found === undefined) return undefined
  if (found.startsWith('%pdf')) return 'application/pdf'
  if (found.startsWith('{')) return 'application/rtf'
  if (/<svg\b/i.test(start)) return 'image/svg+xml'
  return found.startsWith('<?xml') ? 'application/xml' : 'text/html'
}

/** UTF-8 without control characters but for white space, checked to the last byte. */
const isText = async (content: Readable): Promise<boolean> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of content) {
      if (!(chunk instanceof Uint8Array) || hasControl(chunk)) return false
      decoder.decode(chunk, { stream: true })
    }
    decoder.decode()
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** All below the space, but tab, line feed, form feed and carriage return; and delete. */
const hasControl = (bytes: Uint8Array): boolean => {
  // Uploads are long, and with an iterator or a callback this takes four times as long.
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x20 ? byte === 0x7f : byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) {
      return true
    }
  }
  return false
}

const mayBe = (declared: string, prefix: Buffer): boolean =>
  declared !== 'application/json' ||
  /^[\s\ufeff]*[[{"\-\dtfn]/.test(prefix.subarray(0, 1_024).toString('utf8'))
