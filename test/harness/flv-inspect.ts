import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'

const run = promisify(execFile)
const inspectTimeoutMs = 30_000
const mostOutputBytes = 256 * 1_024 * 1_024

/** One audio or video packet as a file holds it. `md5` is that of its bytes. */
export type Packet = { ptsMs: number; dtsMs: number; bytes: number; isKey: boolean; md5: string }

/** `configMd5`: that of what the decoder needs first (the sequence header), undefined without one. */
export type Track = { codec: string; configMd5: string | undefined; packets: Packet[] }

/** What an FLV file holds, each track in the order of its file. */
export type Recording = { file: string; video: Track | undefined; audio: Track | undefined }

const probed = z.object({
  streams: z.array(
    z.object({
      index: z.number(),
      codec_type: z.string(),
      codec_name: z.string().default('unknown'),
      extradata_hash: z.string().optional(),
    }),
  ),
  packets: z
    .array(
      z.object({
        stream_index: z.number(),
        pts: z.number().optional(),
        dts: z.number().optional(),
        size: z.coerce.number(),
        flags: z.string(),
        data_hash: z.string(),
      }),
    )
    .default([]),
})

/** Reads a recording packet by packet, without decoding it. @throws when ffprobe can make nothing of the file */
export const inspectFlv = async (file: string): Promise<Recording> => {
  const args = [
    '-v',
    'error',
    '-show_streams',
    '-show_packets',
    '-show_data_hash',
    'MD5',
    '-of',
    'json',
    file,
  ]
  const { stdout } = await run('ffprobe', args, { timeout: inspectTimeoutMs, maxBuffer: mostOutputBytes })
  const { streams, packets } = probed.parse(JSON.parse(stdout))
  const trackOf = (kind: string): Track | undefined => {
    const stream = streams.find((each) => each.codec_type === kind)
    if (stream === undefined) return undefined
    return {
      codec: stream.codec_name,
      configMd5: stream.extradata_hash,
      packets: packets
        .filter((packet) => packet.stream_index === stream.index)
        .map(({ pts, dts, size, flags, data_hash }) => ({
          ptsMs: pts ?? dts ?? Number.NaN,
          dtsMs: dts ?? pts ?? Number.NaN,
          bytes: size,
          isKey: flags.startsWith('K'),
          md5: data_hash,
        })),
    }
  }
  return { file, video: trackOf('video'), audio: trackOf('audio') }
}

/** What a decoder complains about, nothing when the whole file decodes. */
export const decodingFaults = async (file: string): Promise<string> => {
  const args = ['-hide_banner', '-nostdin', '-v', 'error', '-i', file, '-f', 'null', '-']
  const { stderr } = await run('ffmpeg', args, { timeout: inspectTimeoutMs, maxBuffer: mostOutputBytes })
  return stderr
}

/** The longest time between one frame and the next in the order of their presentation. 0 for less than two. */
export const largestGapMs = (track: Track | undefined): number => {
  const times = (track?.packets ?? []).map((packet) => packet.ptsMs).sort((a, b) => a - b)
  return times.reduce((largest, time, at) => Math.max(largest, time - (times[at - 1] ?? time)), 0)
}

/** Whether the decoding time ever goes back, which far ends do not forgive. */
export const isMonotonic = (track: Track | undefined): boolean =>
  (track?.packets ?? []).every(({ dtsMs }, at, all) => dtsMs >= (all[at - 1]?.dtsMs ?? dtsMs))

export const startsWithKeyFrame = (recording: Recording): boolean =>
  recording.video?.packets[0]?.isKey === true

/** One sum of a track's bytes, sequence header included. */
export const md5Of = (track: Track | undefined): string => {
  const hash = createHash('md5').update(track?.configMd5 ?? '')
  for (const { md5 } of track?.packets ?? []) hash.update(md5)
  return hash.digest('hex')
}

/** How many packets of the whole come before and after the part. */
export type Place = { before: number; after: number }

/**
 * Finds what one end received in what another end did: a destination that joined late or left early has a contiguous part of it,
 * bit for bit, with the same times between the packets (a recording counts from its own start; `toleranceMs` for its rounding).
 * @throws in words of packets and milliseconds when it is no such part
 */
export const placeOf = (part: Track | undefined, whole: Track | undefined, toleranceMs = 1): Place => {
  if (part === undefined && whole === undefined) return { before: 0, after: 0 }
  if (part === undefined || whole === undefined) {
    throw new Error(`The ${part === undefined ? 'part' : 'whole'} has no such track`)
  }
  if (part.configMd5 !== whole.configMd5) throw new Error('The sequence headers differ')
  const [first] = part.packets
  if (first === undefined) throw new Error('The part has no packets')
  const before = bestStart(part.packets, whole.packets)
  if (before === -1) throw new Error(`Nothing like the first packet (${described(first)}) is in the whole`)
  const start = whole.packets[before]
  for (const [at, packet] of part.packets.entries()) {
    const expected = whole.packets[before + at]
    if (expected === undefined) throw new Error(`${place(at, packet)} comes after the end of the whole`)
    if (expected.md5 !== packet.md5) throw new Error(difference(part.packets, whole.packets, at, before + at))
    const driftMs = packet.ptsMs - first.ptsMs - (expected.ptsMs - (start?.ptsMs ?? 0))
    if (Math.abs(driftMs) > toleranceMs) throw new Error(`${place(at, packet)} is shifted by ${driftMs} ms`)
  }
  return { before, after: whole.packets.length - before - part.packets.length }
}

/** A looped file has the same packet several times: the start from which most of the part fits. */
const bestStart = (part: Packet[], whole: Packet[]): number => {
  let best = { start: -1, fitting: 0 }
  for (const [start, packet] of whole.entries()) {
    if (packet.md5 !== part[0]?.md5) continue
    let fitting = 0
    while (fitting < part.length && part[fitting]?.md5 === whole[start + fitting]?.md5) fitting += 1
    if (fitting > best.fitting) best = { start, fitting }
  }
  return best.start
}

const difference = (part: Packet[], whole: Packet[], at: number, wholeAt: number): string => {
  const packet = part[at]
  const found = whole.findIndex((each, index) => index > wholeAt && each.md5 === packet?.md5)
  const what = place(at, packet)
  if (found === -1) {
    return `${what} is unknown to the whole, which has ${described(whole[wholeAt])} at its place`
  }
  const lost = whole.slice(wholeAt, found)
  return `${lost.length} packets are missing before ${place(at, packet)}: ${described(lost[0])} to ${described(lost.at(-1))}`
}

const place = (at: number, packet: Packet | undefined): string =>
  `Packet ${at} of the part (${described(packet)})`

const described = (packet: Packet | undefined): string =>
  packet === undefined
    ? 'nothing'
    : `${packet.ptsMs} ms, ${packet.bytes} bytes${packet.isKey ? ', key' : ''}, ${packet.md5.slice(-8)}`
