import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { RtmpMessage } from '../../src/modules/live/rtmp/message.ts'
import { readFlvTags } from './flv-media.ts'
import type { RtmpSink, SinkStream } from './rtmp-sink.ts'
import { throwWildPublishers, type WildCrowd, type WildReport } from './wild-publishers.ts'

export type Siege = WildCrowd & {
  /** The live process. Linux only (proc(5)). */
  pid: number
  /** Where its one real stream goes, under that key, from this film in a loop. */
  sink: RtmpSink
  key: string
  film: string
  /** What the process has logged. */
  log: () => string
  /** Streams that have not ended, by what the database says. */
  openStreams: () => Promise<number>
  mostGrowthMegabytes: number
  /** How long memory and connections get to come to rest. */
  settleMs: number
}

export type SiegeReport = WildReport & {
  figures: Record<string, string | number>
  /** What should not have been, in words; nothing when all held. */
  faults: string[]
}

/** What is there once before any measure is taken: code that is compiled, pools that are filled. */
const warmUpShare = 0.1
/** Longer than connections of a pool stay that nobody uses. */
const settledWithinMs = 50_000
const largestGapMs = 1_000
/** Connections to the database that are opened when they are wanted: as many as `DB_POOL_MAX` is by default. */
const poolDescriptors = 20

/** Throws a crowd at the ingest port while a stream is on, and looks what it has done to the process and the stream. */
export const besiege = async (siege: Siege): Promise<SiegeReport> => {
  const { pid, sink, key } = siege
  const filmMessages = readFlvTags(readFileSync(siege.film))
  await sink.forget()
  const startMegabytes = residentMegabytesOf(pid)
  const warmUp = Math.floor(siege.connections * warmUpShare)
  const warm = await throwWildPublishers({ ...siege, connections: warmUp })
  await untilSettled(siege)
  const [baseMegabytes, before] = [residentMegabytesOf(pid), descriptorsOf(pid)]
  const rest = await throwWildPublishers({
    ...siege,
    connections: siege.connections - warmUp,
    seed: siege.seed + 1,
  })
  const faults = await untilSettled(siege, before + poolDescriptors)
  const endMegabytes = residentMegabytesOf(pid)
  const after = descriptorsOf(pid)
  const grown = endMegabytes - baseMegabytes
  if (!(grown <= siege.mostGrowthMegabytes)) faults.push(`the process grew by ${grown.toFixed(1)} MB`)

  const { streams, latency } = await sink.report()
  const stream = streams.find((each) => each.key === key)
  faults.push(...faultsOf(stream, filmMessages), ...faultsOfLog(siege.log()))
  return {
    ...together(warm, rest),
    faults,
    figures: {
      'memory at first, MB': startMegabytes.toFixed(1),
      'memory after the first tenth, MB': baseMegabytes.toFixed(1),
      'memory at the end, MB': endMegabytes.toFixed(1),
      'descriptors after the first tenth and at the end': `${before}, ${after}`,
      'messages of the stream': stream?.messages ?? 0,
      'largest gap of the stream, ms': Math.round(stream?.largestGapMs ?? Number.NaN),
      'way of the stream, p50 and p99, ms': `${latency.p50Ms.toFixed(1)}, ${latency.p99Ms.toFixed(1)}`,
    },
  }
}

/** Waits until nothing of the crowd is left. @returns what is left in spite of that */
const untilSettled = async (
  { pid, port, openStreams, settleMs }: Siege,
  mostDescriptors = Number.POSITIVE_INFINITY,
): Promise<string[]> => {
  const deadline = performance.now() + settledWithinMs
  for (;;) {
    await delay(settleMs)
    const faults: string[] = []
    const [sockets, streams] = [connectionsTo(port), await openStreams()]
    if (sockets !== 1) faults.push(`${sockets} connections are open`)
    const descriptors = descriptorsOf(pid)
    if (descriptors > mostDescriptors) faults.push(`${descriptors} descriptors are open`)
    if (streams !== 1) faults.push(`${streams} streams are open`)
    if (faults.length === 0 || performance.now() > deadline) return faults
  }
}

const faultsOf = (stream: SinkStream | undefined, film: RtmpMessage[]): string[] => {
  if (stream === undefined) return ['the stream did not arrive']
  const faults: string[] = []
  const { least, most } = messagesBetween(film, stream.firstTimestamp ?? 0, stream.lastTimestamp ?? 0)
  if (!stream.isPublishing || stream.publishes !== 1) faults.push('the stream was broken off')
  if (stream.messages < least || stream.messages > most)
    faults.push(`${stream.messages} messages of the stream arrived, of ${least} to ${most}`)
  if (stream.stepsBack > 0) faults.push(`time went back ${stream.stepsBack} times`)
  if (stream.largestGapMs > largestGapMs)
    faults.push(`nothing arrived for ${Math.round(stream.largestGapMs)} ms`)
  return faults
}

/** How many messages a looping film has between two of its times. Those that share the first or the last time may be outside. */
const messagesBetween = (film: RtmpMessage[], first: number, last: number) => {
  const lengthMs = lengthOf(film)
  let [least, most] = [0, 0]
  for (let round = 0; round * lengthMs <= last; round += 1) {
    for (const { timestamp } of film) {
      const at = timestamp + round * lengthMs
      if (at > first && at < last) least += 1
      if (at >= first && at <= last) most += 1
    }
  }
  return { least, most }
}

/** As FlvPublisher loops: to the end of the last frame of the longer track. */
const lengthOf = (film: RtmpMessage[]): number =>
  Math.max(
    ...[8, 9].map((kind) => {
      const stamps = film.filter(({ type }) => type === kind).map(({ timestamp }) => timestamp)
      const distinct = new Set(stamps).size
      return distinct < 2 ? 0 : Math.round(((stamps.at(-1) ?? 0) * distinct) / (distinct - 1))
    }),
  )

const faultsOfLog = (log: string): string[] =>
  log
    .split('\n')
    .filter((line) => /"level":(50|60)|"level":"(error|fatal)"|unhandled|uncaught/i.test(line))
    .slice(0, 5)
    .map((line) => `logged: ${line.slice(0, 600)}`)

const together = (one: WildReport, other: WildReport): WildReport => {
  const thrown = { ...one.thrown }
  for (const [name, count] of Object.entries(other.thrown)) thrown[name] = (thrown[name] ?? 0) + count
  return {
    thrown,
    endedByServer: one.endedByServer + other.endedByServer,
    refused: one.refused + other.refused,
    bytesSent: one.bytesSent + other.bytesSent,
    tookMs: one.tookMs + other.tookMs,
  }
}

export const residentMegabytesOf = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1_024) / 1e6
}

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

/** Those that the server has not closed, by proc_net_tcp: the states of those that are being closed come behind. */
const connectionsTo = (port: number): number => {
  const [established, closeWait] = ['01', '08']
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const lines = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'latin1').split('\n'))
  return lines.filter((line) => {
    const [, address = '', , state] = line.trim().split(/\s+/)
    return address.endsWith(local) && (state === established || state === closeWait)
  }).length
}
