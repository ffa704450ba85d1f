import { WebSocket } from 'ws'
import { z } from 'zod'
import type { EngineServer } from '../call-server.ts'
import { parseJson } from '../failures.ts'

const handshakeTimeoutMs = 5_000
/** Previews of the growing picture come as well, and are not looked at. */
const maxMessageBytes = 16_000_000

const messageShape = z.object({
  type: z.string(),
  data: z.looseObject({
    prompt_id: z.string().optional(),
    value: z.number().optional(),
    max: z.number().optional(),
  }),
})
const ends = new Set(['execution_success', 'execution_error', 'execution_interrupted'])

type Listener = {
  /** `fraction` of the step that runs. */
  onStep: (fraction: number) => void
  /** The prompt may have ended: time to ask. */
  onEnd: () => void
}

/**
 * Follows a prompt's messages at /ws until it is closed. Only a convenience: without the connection the picture is waited
 * for all the same. Source: docs.comfy.org, "Messages".
 */
export function watchProgress(server: EngineServer, id: string, { onStep, onEnd }: Listener): Disposable {
  const url = `${server.url.replace(/^http/, 'ws')}/ws?clientId=${encodeURIComponent(id)}`
  const socket = new WebSocket(url, {
    headers: server.headers,
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  })
  socket.on('error', () => socket.terminate())
  socket.on('message', (message, isBinary) => {
    if (isBinary) return
    const { data: parsed } = messageShape.safeParse(parseJson(String(message)))
    if (parsed === undefined || parsed.data.prompt_id !== id) return
    const { value = 0, max = 0 } = parsed.data
    if (parsed.type === 'progress' && max > 0) onStep(Math.min(1, Math.max(0, value / max)))
    else if (ends.has(parsed.type)) onEnd()
  })
  return { [Symbol.dispose]: () => socket.terminate() }
}
