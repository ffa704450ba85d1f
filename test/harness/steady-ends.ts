import { expect, vi } from 'vitest'
import { inspectFlv, isMonotonic, largestGapMs, type Packet, placeOf, type Recording } from './flv-inspect.ts'
import type { Show } from './live-app.ts'
import { provideFlv } from './publisher.ts'
import { RtmpServer } from './rtmp-server.ts'
import { stampClockMs } from './send-stamp.ts'

/** One frame of the film, rounded up. */
const frameMs = 34
const filmSeconds = 60
/** What may be on its way or not begun when a show is stopped. */
const slackMs = 1_500
/** For `vi.waitFor`: the last of it is on the disk at once, and looking at it takes its time on a busy machine. */
export const arrivesWithin = { timeout: 15_000, interval: 100 }

/** The destinations A and C of shows, at which nothing may be noticed of what happens to others; and the film that is shown. */
export class SteadyEnds {
  readonly #servers: Record<string, RtmpServer>
  readonly film: string
  readonly #made: Recording
  readonly #figures: string[] = []

  private constructor(servers: Record<string, RtmpServer>, film: string, made: Recording) {
    this.#servers = servers
    this.film = film
    this.#made = made
  }

  static async start(): Promise<SteadyEnds> {
    const [a, c, film] = await Promise.all([
      RtmpServer.start(),
      RtmpServer.start(),
      provideFlv({ seconds: filmSeconds }),
    ])
    return new SteadyEnds({ A: a, C: c }, film, await inspectFlv(film))
  }

  /** For `Show.open`, with a stream key that no other show has. */
  destinations(streamKey: string): Record<string, { url: string; streamKey: string }> {
    const ends = Object.entries(this.#servers).map(([name, { url }]) => [name, { url, streamKey }])
    return Object.fromEntries(ends)
  }

  /** Waits until both broadcast. @returns since when, by `stampClockMs` */
  async untilBroadcasting(show: Show): Promise<number> {
    const events = Object.keys(this.#servers).map((of) => show.until('destination.broadcasting', { of }))
    return Math.max(...(await Promise.all(events)).map(({ seenAtMs }) => seenAtMs))
  }

  recordings(name: string, streamKey: string): string[] {
    return this.#servers[name]?.recordings(streamKey) ?? []
  }

  /** What a publisher sent of a film in one go is at both ends, without a gap, from `sinceMs` up to about now. */
  async expectWhole(streamKey: string, sinceMs: number, film = this.film): Promise<void> {
    const shownMs = stampClockMs() - sinceMs
    const made = film === this.film ? this.#made : await inspectFlv(film)
    for (const [name, server] of Object.entries(this.#servers)) {
      const gapMs = await vi.waitFor(async () => {
        const { video, audio } = await inspectFlv(server.recording(streamKey))
        placeOf(video, made.video)
        placeOf(audio, made.audio)
        expect(spanMs(video?.packets)).toBeGreaterThan(shownMs - slackMs)
        expect(isMonotonic(video)).toBe(true)
        return largestGapMs(video)
      }, arrivesWithin)
      this.note(`${streamKey}: largest gap at ${name}`, gapMs)
      expect(gapMs).toBeLessThanOrEqual(frameMs)
    }
  }

  /** Both ends have one recording of two parts of the film, each whole. @returns the times between them, in milliseconds */
  async pausesBetweenParts(streamKey: string): Promise<number[]> {
    const pauses: number[] = []
    for (const server of Object.values(this.#servers)) {
      const { video } = await inspectFlv(server.recording(streamKey))
      expect(isMonotonic(video)).toBe(true)
      const packets = video?.packets ?? []
      const at = packets.findIndex(
        ({ ptsMs }, index) => ptsMs - (packets[index - 1]?.ptsMs ?? ptsMs) > frameMs,
      )
      const [former, latter] = [packets.slice(0, at), packets.slice(at)]
      for (const part of [former, latter]) {
        placeOf(video && { ...video, packets: part }, this.#made.video)
        expect(part[0]?.isKey).toBe(true)
        expect(spanMs(part)).toBeGreaterThan(slackMs)
      }
      pauses.push((latter[0]?.ptsMs ?? 0) - (former.at(-1)?.ptsMs ?? 0))
    }
    return pauses
  }

  /** A time that was measured, in milliseconds, to be told at the end. */
  note(what: string, ms: number): number {
    this.#figures.push(`${String(Math.round(ms)).padStart(7)} ms  ${what}`)
    return ms
  }

  async stop(): Promise<void> {
    if (this.#figures.length > 0) console.info(this.#figures.sort().join('\n'))
    await Promise.all(Object.values(this.#servers).map((server) => server.stop()))
  }
}

const spanMs = (packets: Packet[] = []): number => (packets.at(-1)?.ptsMs ?? 0) - (packets[0]?.ptsMs ?? 0)
