import { once } from 'node:events'
import net from 'node:net'
import { type Attack, attacks } from './wild-attacks.ts'
import type { WildMaterial } from './wild-material.ts'
import type { RecordedSession } from './wild-session.ts'

/** What one connection does, in order. `answer`: wait until the server has said something more, or half a second. */
export type WildStep = Buffer | { pauseMs: number } | 'answer' | 'half-close' | 'reset' | 'close'

export type WildCrowd = {
  port: number
  connections: number
  seed: number
  /** How many at a time. */
  crowd: number
  /** Keys that are good, of projects that nobody else publishes to. */
  goodKeys: string[]
  recorded: RecordedSession
  onProgress?: (done: number) => void | Promise<void>
}

export type WildReport = {
  /** Connections by attack. */
  thrown: Record<string, number>
  /** How many the server ended, and how many never came to stand. */
  endedByServer: number
  refused: number
  bytesSent: number
  tookMs: number
}

/** Each has its own share of what one address may do. */
const addresses = 200
const answerWithinMs = 500
const connectWithinMs = 5_000
const writeWithinMs = 3_000
const longestMs = 15_000

/** Numbers of 0 up to 1 that follow from the seed: mulberry32. */
export const seeded = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/**
 * Throws a crowd of connections at an ingest port that do everything wrong. What each does follows from the seed and its
 * number alone. They come from many addresses of the loopback.
 */
export const throwWildPublishers = async (crowd: WildCrowd): Promise<WildReport> => {
  const report: WildReport = { thrown: {}, endedByServer: 0, refused: 0, bytesSent: 0, tookMs: 0 }
  const startedAtMs = performance.now()
  let next = 0
  const keepThrowing = async () => {
    for (let number = next++; number < crowd.connections; number = next++) {
      const random = seeded(crowd.seed * 1_000_003 + number)
      const attack = chooseAttack(random)
      const material: WildMaterial = { random, goodKeys: crowd.goodKeys, ...crowd.recorded }
      report.thrown[attack.name] = (report.thrown[attack.name] ?? 0) + 1
      await throwOne(crowd.port, number, attack.steps(material), report)
      await crowd.onProgress?.(number + 1)
    }
  }
  await Promise.all(Array.from({ length: crowd.crowd }, keepThrowing))
  report.tookMs = performance.now() - startedAtMs
  return report
}

const weights = attacks.reduce((sum, { weight }) => sum + weight, 0)

const chooseAttack = (random: () => number): Attack => {
  let left = random() * weights
  for (const attack of attacks) {
    left -= attack.weight
    if (left < 0) return attack
  }
  throw new RangeError('no attacks')
}

const throwOne = async (port: number, number: number, steps: WildStep[], report: WildReport) => {
  const localAddress = `127.0.1.${1 + (number % addresses)}`
  const socket = net.connect({ host: '127.0.0.1', port, localAddress, noDelay: true, allowHalfOpen: true })
  const closed = once(socket, 'close').catch(() => undefined)
  let hasConnected = false
  socket.on('connect', () => {
    hasConnected = true
  })
  socket.on('error', () => undefined)
  socket.on('data', () => undefined)
  const overdue = setTimeout(() => socket.destroy(), longestMs)
  // A server that has said goodbye is not kept waiting.
  socket.on('end', () => socket.end())
  let isOurs = false
  await untilEvent(socket, 'connect', connectWithinMs)
  for (const step of steps) {
    if (socket.destroyed) break
    isOurs = step === 'reset' || step === 'close'
    await take(socket, step)
  }
  if (hasConnected && (socket.readableEnded || (socket.destroyed && !isOurs))) report.endedByServer += 1
  socket.destroy()
  await closed
  clearTimeout(overdue)
  if (!hasConnected) report.refused += 1
  report.bytesSent += socket.bytesWritten
}

const take = async (socket: net.Socket, step: WildStep): Promise<void> => {
  if (Buffer.isBuffer(step)) return write(socket, step)
  if (step === 'answer') return untilEvent(socket, 'data', answerWithinMs)
  if (step === 'half-close') return void socket.end()
  if (step === 'reset') return void socket.resetAndDestroy()
  if (step === 'close') return void socket.destroy()
  await untilEvent(socket, 'end', step.pauseMs)
}

const write = async (socket: net.Socket, bytes: Buffer): Promise<void> => {
  if (socket.writableEnded || socket.write(bytes)) return
  await untilEvent(socket, 'drain', writeWithinMs)
}

/** Or until the connection has ended, or the time is over. */
const untilEvent = (socket: net.Socket, event: string, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer)
      for (const name of [event, 'close']) socket.off(name, settle)
      resolve()
    }
    const timer = setTimeout(settle, withinMs)
    if (socket.destroyed) return settle()
    for (const name of [event, 'close']) socket.on(name, settle)
  })
