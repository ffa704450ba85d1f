import { BacklotError } from './backlot-error.ts'

export type Frame =
  | { kind: 'event'; id: string | undefined; event: string; data: string }
  /** How long to wait before a reconnect. */
  | { kind: 'retry'; ms: number }
  /** A comment: the server is still there. */
  | { kind: 'sign-of-life' }

const longestFrame = 1_000_000

/** Reads `text/event-stream` (WHATWG HTML, 9.2.6). A frame that the end of the stream cut off is left out. */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n\r\n|\n\n|\r\r/)
    rest = parts.pop() ?? ''
    if (rest.length > longestFrame) throw new Error('An event of the stream has no end.')
    for (const part of parts) yield* frameOf(part)
  }
}

function* frameOf(text: string): Generator<Frame> {
  let id: string | undefined
  let event = 'message'
  const data: string[] = []
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (name === '') yield { kind: 'sign-of-life' }
    else if (name === 'id') id = value
    else if (name === 'event') event = value
    else if (name === 'data') data.push(value)
    else if (name === 'retry' && /^\d+$/.test(value)) yield { kind: 'retry', ms: Number(value) }
  }
  if (data.length > 0) yield { kind: 'event', id, event, data: data.join('\n') }
}

/**
 * What a body holds, as it comes. Ends the connection when nobody reads on.
 * @throws `CONNECTION_FAILED` when it breaks off, or after a silence of `silenceMs`
 */
export async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    while (true) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`Nothing came for ${silenceMs} ms.`)), silenceMs)
      })
      const { done, value } = await Promise.race([reader.read(), silence])
      clearTimeout(timer)
      if (done) return
      yield value
    }
  } catch (error) {
    throw new BacklotError('CONNECTION_FAILED', 'The stream broke off.', { cause: error })
  } finally {
    clearTimeout(timer)
    await reader.cancel().catch(() => undefined)
  }
}
