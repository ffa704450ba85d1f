import { BacklotError } from './backlot-error.ts'
import type { RealtimeMessage, RealtimeRequestInput } from './generated/operations.ts'
import { pause } from './pause.ts'
import { backoffMs, isPassing } from './retry.ts'
import type { Credentials } from './session.ts'

export type Say = (message: RealtimeRequestInput) => void

export type Connection = {
  url: string
  credentials: Credentials
  /** After this long without a word the server counts as gone. Asked for one after half of it. */
  silenceMs: number
}

type Hearing = {
  signal: AbortSignal
  /** The server knows who speaks; nothing is subscribed to yet. */
  onOpen: (say: Say) => void
  onMessage: (message: RealtimeMessage) => void
  onLost: () => void
}

/** How the server closes a socket: docs/realtime.md, "Who may". */
const unauthenticated = 4401
const tooMany = 4429
/** Its limit on messages and sockets is over after some seconds. */
const failuresOfTooMany = 4
/** What breaks sooner is not taken for well, so that the next wait is longer. */
const isWellAfterMs = 5_000

/**
 * Keeps a socket open on which the caller is signed in, until `signal` aborts. However often it breaks, it is opened again: soon,
 * then less and less often.
 * @throws {BacklotError} when nobody is signed in, or is let in any more
 */
export const keepSocket = async (connection: Connection, hearing: Hearing): Promise<never> => {
  let refusal: { token: string; error: BacklotError } | undefined
  for (let failures = 0; ; failures += 1) {
    const openedAt = Date.now()
    try {
      const token = await tokenOf(connection.credentials, refusal)
      const end = await useSocket(connection, token, hearing)
      hearing.signal.throwIfAborted()
      if (end.wasOpen) hearing.onLost()
      // Refused with a new token too: another one will not help.
      if (end.isRefused && refusal !== undefined) throw end.error
      refusal = end.isRefused ? { token, error: end.error } : undefined
      if (end.wasOpen && Date.now() - openedAt > isWellAfterMs) failures = 0
      if (end.code === tooMany) failures = Math.max(failures, failuresOfTooMany)
    } catch (error) {
      hearing.signal.throwIfAborted()
      if (!(error instanceof BacklotError) || !isPassing(error)) throw error
    }
    await pause(backoffMs(failures), hearing.signal)
  }
}

const tokenOf = async (
  credentials: Credentials,
  refusal: { token: string; error: BacklotError } | undefined,
): Promise<string> => {
  const token =
    refusal === undefined ? await credentials.token() : await credentials.tokenAfter(refusal.token)
  if (token !== undefined) return token
  throw refusal?.error ?? new BacklotError('UNAUTHORIZED', 'Nobody is signed in.', { status: 401 })
}

type End = { code: number; wasOpen: boolean; isRefused: boolean; error: BacklotError }

/** Resolves when the socket is closed, lost, silent for too long, or no longer wanted. */
const useSocket = (
  { url, credentials, silenceMs }: Connection,
  token: string,
  { signal, onOpen, onMessage }: Hearing,
): Promise<End> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url)
    const over = new AbortController()
    const say: Say = (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
    }
    let wasOpen = false
    let heardAt = Date.now()
    let error = new BacklotError('UNAUTHORIZED', 'The server ended the connection.', { status: 401 })

    const end = (code: number) => {
      if (over.signal.aborted) return
      over.abort()
      clearInterval(beat)
      socket.close()
      resolve({ code, wasOpen, isRefused: code === unauthenticated && !wasOpen, error })
    }
    const beat = setInterval(() => {
      const quietMs = Date.now() - heardAt
      if (quietMs >= silenceMs) end(0)
      else if (wasOpen && quietMs >= silenceMs / 2) say({ type: 'ping' })
    }, silenceMs / 4)
    const hear = ({ data }: { data: string }) => {
      heardAt = Date.now()
      const message = parseMessage(data)
      if (message === undefined) return end(0)
      if (message.type === 'authenticated' && !wasOpen) {
        wasOpen = true
        void renew(credentials, token, say, over.signal)
        onOpen(say)
      }
      if (message.type === 'error' && message.topic === undefined) error = errorOfMessage(message)
      onMessage(message)
    }
    const heeding = { signal: over.signal }
    socket.addEventListener('open', () => say({ type: 'authenticate', token }), heeding)
    socket.addEventListener('message', hear, heeding)
    // After an error there is always a close.
    socket.addEventListener('close', ({ code }) => end(code), heeding)
    signal.addEventListener('abort', () => end(0), heeding)
  })

/** Undefined for what is none, as of a server that is no Backlot. */
const parseMessage = (text: string): RealtimeMessage | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Hands the server a newer token before the one that it has expires, so that the socket lives on. */
const renew = async (
  credentials: Credentials,
  token: string,
  say: Say,
  signal: AbortSignal,
): Promise<void> => {
  try {
    for (let sent: string | undefined = token; sent !== undefined; ) {
      const freshUntil = await credentials.freshUntil()
      if (freshUntil === undefined) return
      await pause(Math.max(shortestFreshMs, freshUntil - Date.now() + 1), signal)
      const next = await credentials.token()
      if (next !== undefined && next !== sent) say({ type: 'authenticate', token: next })
      sent = next
    }
  } catch {
    // The server ends the socket when the token expires. Then what is wrong is met again, and told.
  }
}
/** A clock that was set back, or a token that is never fresh, must not make a loop without an end. */
const shortestFreshMs = 1_000

export const errorOfMessage = ({
  status,
  code,
  message,
}: Extract<RealtimeMessage, { type: 'error' }>): BacklotError => new BacklotError(code, message, { status })
