import { setTimeout as delay } from 'node:timers/promises'
import { RtmpSink, type SinkReport, type SinkStream } from '../../test/harness/rtmp-sink.ts'
import { stampClockMs } from '../../test/harness/send-stamp.ts'
import type { Contestant } from './contestants.ts'
import { startFeed } from './feed.ts'
import { cpuMillisecondsOf, forgetPeaks, peakMegabytesOf } from './process-cost.ts'

export type Steady = {
  /** Of one core, of the whole relay. */
  cpuPercent: number
  peakMegabytes: number
  /** The way from the publisher to the sink. */
  p50Ms: number
  p99Ms: number
  /** The longest that any destination went without a message. */
  largestGapMs: number
  /** Of the slowest destination. */
  megabitsPerSecond: number
}

const startWithinMs = 30_000
const pollMs = 50
const settleMs = 1_500

/** One feed to a number of destinations that all do well. */
export const measureSteady = async (
  contestant: Contestant,
  { file, destinations, seconds }: { file: string; destinations: number; seconds: number },
): Promise<Steady> => {
  await using opened = new AsyncDisposableStack()
  const sink = opened.adopt(await RtmpSink.start(), (open) => open.stop())
  const url = await sink.open()
  const keys = Array.from({ length: destinations }, (_, at) => `sink-${at}`)
  const relay = await contestant.start(
    opened,
    keys.map((key) => `${url}/${key}`),
  )
  await startFeed(opened, { url: relay.ingest, file })
  await until(sink, startWithinMs, (report) => report.streams.filter(isDecodable).length === destinations)
  await delay(settleMs)
  const pids = relay.tree()
  forgetPeaks(pids)
  await sink.forget()
  const [startedAt, cpuBefore] = [performance.now(), cpuMillisecondsOf(pids)]
  await delay(seconds * 1_000)
  const { streams, latency } = await sink.report()
  const tookMs = performance.now() - startedAt
  const usedMs = cpuMillisecondsOf(pids) - cpuBefore
  return {
    cpuPercent: (usedMs * 100) / tookMs,
    peakMegabytes: peakMegabytesOf(pids),
    p50Ms: latency.p50Ms,
    p99Ms: latency.p99Ms,
    largestGapMs: Math.max(...streams.map(({ largestGapMs }) => largestGapMs)),
    megabitsPerSecond: (Math.min(...streams.map(({ bytes }) => bytes)) * 8) / tookMs / 1_000,
  }
}

export type Recovery = {
  /** From the far end being there again to the first key frame with its sequence headers, for each that came back. */
  tookMs: number[]
  notBack: number
  /** Of a destination that was well all the time. */
  witnessGapMs: number
}

const downMs = 2_000
/** Spreads what is down over the phases of the feed's groups of pictures and of the relay's own timers. */
const betweenMs = 137
const backWithinMs = 12_000

/** Far ends that go away, one after the other, and come back while others are well. */
export const measureRecovery = async (
  contestant: Contestant,
  { file, outages }: { file: string; outages: number },
): Promise<Recovery> => {
  await using opened = new AsyncDisposableStack()
  const sink = opened.adopt(await RtmpSink.start(), (open) => open.stop())
  const urls: string[] = []
  for (let at = 0; at <= outages; at += 1) urls.push(await sink.open())
  const [witness, ...victims] = urls.map((_, at) => `sink-${at}`)
  const relay = await contestant.start(
    opened,
    urls.map((url, at) => `${url}/sink-${at}`),
  )
  await startFeed(opened, { url: relay.ingest, file })
  await until(sink, startWithinMs, (report) => report.streams.filter(isDecodable).length === urls.length)
  await delay(settleMs)
  await sink.forget()
  const outage = async (url: string, at: number): Promise<number> => {
    await delay(at * betweenMs)
    await sink.close(url)
    await delay(downMs)
    await sink.reopen(url)
    return stampClockMs()
  }
  const backAt = await Promise.all(urls.slice(1).map(outage))
  const streamOf = (report: SinkReport, key: string | undefined) =>
    report.streams.find((stream) => stream.key === key)
  const tookMs = (report: SinkReport) =>
    victims.map((key, at) => recoveredIn(streamOf(report, key), backAt[at] ?? Number.NaN))
  const report = await until(sink, backWithinMs, (now) => !tookMs(now).includes(undefined)).catch(() =>
    sink.report(),
  )
  const recovered = tookMs(report).filter((ms) => ms !== undefined)
  return {
    tookMs: recovered,
    notBack: outages - recovered.length,
    witnessGapMs: streamOf(report, witness)?.largestGapMs ?? Number.NaN,
  }
}

const isDecodable = (stream: SinkStream): boolean =>
  stream.isPublishing && stream.firstKeyFrameAtMs !== undefined

const recoveredIn = (stream: SinkStream | undefined, backAtMs: number): number | undefined => {
  if (stream === undefined || stream.publishes < 2 || !isDecodable(stream)) return undefined
  // Without its headers a key frame is nothing to a decoder.
  if (!stream.headersCameFirst) return undefined
  return Math.max(0, (stream.firstKeyFrameAtMs ?? Number.NaN) - backAtMs)
}

const until = async (
  sink: RtmpSink,
  timeoutMs: number,
  isSo: (report: SinkReport) => boolean,
): Promise<SinkReport> => {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const report = await sink.report()
    if (isSo(report)) return report
    if (performance.now() > deadline) {
      const well = report.streams.filter(isDecodable).length
      throw new Error(`only ${well} destinations receive the feed after ${timeoutMs / 1_000} s`)
    }
    await delay(pollMs)
  }
}
