import { SaxesParser } from 'saxes'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import { notReadable } from './source-rows.ts'

/** What a part of the package is told as its XML is read. Names come without their prefix. */
export type XmlEvents = {
  open: (name: string, attributes: Record<string, string>) => void
  close: (name: string) => void
  text: (text: string) => void
  /** After each piece of the part, of which there are `fraction` of all so far. */
  piece?: (fraction: number) => Promise<void>
}

export type XlsxPackage = AsyncDisposable & {
  has: (part: string) => boolean
  readPart: (part: string, events: XmlEvents) => Promise<void>
}

const mostParts = 10_000

/** Opens the ZIP file that an XLSX workbook is. Source: ECMA-376, part 2, "Open Packaging Conventions". */
export const openPackage = async (path: string): Promise<XlsxPackage> => {
  const zip = await readable(() => openPromise(path, { lazyEntries: true, autoClose: false }))
  const parts = new Map<string, Entry>()
  try {
    if (zip.entryCount > mostParts) throw notReadable(`The workbook has more than ${mostParts} parts.`)
    await readable(async () => {
      for await (const entry of zip.eachEntry()) parts.set(entry.fileName.toLowerCase(), entry)
    })
  } catch (error) {
    zip.close()
    throw error
  }
  return {
    has: (part) => parts.has(part.toLowerCase()),
    readPart: async (part, events) => {
      const entry = parts.get(part.toLowerCase())
      if (entry === undefined) throw notReadable(`The workbook has no part "${part.slice(0, 100)}".`)
      await readable(() => readXml(zip, entry, events), part)
    },
    [Symbol.asyncDispose]: async () => zip.close(),
  }
}

/** A fault in what the libraries read is the file's. */
const readable = async <T>(read: () => Promise<T>, part?: string): Promise<T> => {
  try {
    return await read()
  } catch (error) {
    if (error instanceof PermanentFailure || !(error instanceof Error)) throw error
    throw notReadable(`${part === undefined ? '' : `${part.slice(0, 100)}: `}${error.message.slice(0, 200)}`)
  }
}

/** Up to this size a part may be of any content; beyond it, only as far as deflate makes real sheets smaller. */
const alwaysAllowedBytes = 64 * 1024 ** 2
const highestRatio = 200

/** A comment or text without end would be held in memory whole. */
const longestTokenBytes = 32 * 1024 ** 2

const readXml = async (zip: ZipFile, entry: Entry, events: XmlEvents): Promise<void> => {
  const mostBytes = Math.max(alwaysAllowedBytes, entry.compressedSize * highestRatio)
  const bomb = () =>
    notReadable(`The part "${entry.fileName.slice(0, 100)}" inflates to more than ${mostBytes} bytes.`)
  if (entry.uncompressedSize > mostBytes) throw bomb()
  let lastEvent = 0
  let bytes = 0
  const parser = createParser(events, () => {
    lastEvent = bytes
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const stream = await zip.openReadStreamPromise(entry)
  try {
    for await (const piece of stream) {
      bytes += piece.length
      if (bytes > mostBytes) throw bomb()
      if (bytes - lastEvent > longestTokenBytes)
        throw notReadable('The workbook has a text that is too long.')
      parser.write(decoder.decode(piece, { stream: true }))
      await events.piece?.(entry.uncompressedSize === 0 ? 1 : bytes / entry.uncompressedSize)
    }
    parser.write(decoder.decode())
    parser.close()
  } finally {
    stream.destroy()
  }
}

type XmlOptions = { position: false; xmlns?: false }

const createParser = (events: XmlEvents, onEvent: () => void): SaxesParser<XmlOptions> => {
  const parser = new SaxesParser<XmlOptions>({ position: false })
  parser.on('error', (error) => {
    throw error
  })
  // A document type can define entities. Workbooks have none.
  parser.on('doctype', () => {
    throw notReadable('The workbook has a document type definition.')
  })
  parser.on('opentag', ({ name, attributes }) => {
    onEvent()
    events.open(localName(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    onEvent()
    events.close(localName(name))
  })
  parser.on('text', (text) => {
    onEvent()
    events.text(text)
  })
  parser.on('cdata', (text) => {
    onEvent()
    events.text(text)
  })
  return parser
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
