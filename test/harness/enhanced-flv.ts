import fs from 'node:fs'
import path from 'node:path'
import { flvFileHeader, flvTag } from '../../src/modules/live/flv/flv-file.ts'
import { messageTypes, type RtmpMessage } from '../../src/modules/live/rtmp/message.ts'
import { inspectFlv, type Packet } from './flv-inspect.ts'
import { runFfmpeg } from './flv-media.ts'
import { runProgram } from './program.ts'

export const enhancedSeconds = 3
const framesPerSecond = 30
const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y']
const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${framesPerSecond}`]
const x265 = [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  'log-level=error:keyint=30:bframes=2',
]
const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-c:a', 'libopus']
const length = ['-t', String(enhancedSeconds)]

/** Packet types of enhanced RTMP (Veovera, enhanced-rtmp-v2, "Enhanced Video" and "Enhanced Audio"). */
const sequenceStart = 0
const codedFrames = 1
const keyFrame = 1
const interFrame = 2

/**
 * HEVC and Opus, as an FLV file of enhanced RTMP, which ffmpeg before 6.1 cannot write: ffmpeg makes the packets, and their
 * headers are put before them here.
 */
export const makeEnhancedFlv = async (directory: string): Promise<string> => {
  const [mp4, ogg, flv] = ['hevc.mp4', 'opus.ogg', 'enhanced.flv'].map((name) => path.join(directory, name))
  if (mp4 === undefined || ogg === undefined || flv === undefined) throw new Error('no names')
  await runProgram('ffmpeg', [...quiet, ...picture, ...length, ...x265, '-tag:v', 'hvc1', mp4])
  await runProgram('ffmpeg', [...quiet, ...tone, ...length, ogg])
  const messages = [
    {
      timestamp: 0,
      type: messageTypes.video,
      payload: videoPayload(keyFrame, sequenceStart, hevcConfig(mp4)),
    },
    { timestamp: 0, type: messageTypes.audio, payload: audioPayload(sequenceStart, opusHead(ogg)) },
    ...(await frames(mp4, 'video')),
    ...(await frames(ogg, 'audio')),
  ]
  const inOrder = messages.toSorted((a, b) => a.timestamp - b.timestamp)
  const tags = inOrder.map((message) => flvTag({ ...message, streamId: 1 }))
  fs.writeFileSync(flv, Buffer.concat([flvFileHeader(), ...tags]))
  return flv
}

const frames = async (file: string, kind: 'video' | 'audio'): Promise<Omit<RtmpMessage, 'streamId'>[]> => {
  const track = (await inspectFlv(file))[kind]
  // The muxer `data` writes packets as they are, one behind the other.
  const bytes = await runFfmpeg(['-i', file, '-map', '0', '-c', 'copy', '-f', 'data'])
  const firstMs = Math.min(...(track?.packets ?? []).map(({ dtsMs }) => msOf(kind, dtsMs)))
  let at = 0
  return (track?.packets ?? []).map((packet) => {
    const data = bytes.subarray(at, at + packet.bytes)
    at += packet.bytes
    const timestamp = msOf(kind, packet.dtsMs) - firstMs
    if (kind === 'audio')
      return { timestamp, type: messageTypes.audio, payload: audioPayload(codedFrames, data) }
    return { timestamp, type: messageTypes.video, payload: framePayload(packet, data) }
  })
}

/** Units of the files: ffmpeg's MP4 counts 1/512 of a frame here, and Ogg samples of 48,000 a second. */
const msOf = (kind: 'video' | 'audio', units: number): number =>
  Math.round(kind === 'audio' ? units / 48 : (units * 1_000) / (512 * framesPerSecond))

const framePayload = ({ isKey, ptsMs, dtsMs }: Packet, data: Buffer): Buffer => {
  const compositionTime = Buffer.alloc(3)
  compositionTime.writeIntBE(msOf('video', ptsMs) - msOf('video', dtsMs), 0, 3)
  return videoPayload(isKey ? keyFrame : interFrame, codedFrames, Buffer.concat([compositionTime, data]))
}

const videoPayload = (frameType: number, packetType: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x80 | (frameType << 4) | packetType]), Buffer.from('hvc1'), body])

const audioPayload = (packetType: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x90 | packetType]), Buffer.from('Opus'), body])

/** The content of the box `hvcC` (ISO/IEC 14496-15, 8.4.1). */
const hevcConfig = (mp4: string): Buffer => {
  const file = fs.readFileSync(mp4)
  const at = file.indexOf('hvcC')
  return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4))
}

/** RFC 7845, 5.1: 19 bytes for up to two channels. */
const opusHead = (ogg: string): Buffer => {
  const file = fs.readFileSync(ogg)
  const at = file.indexOf('OpusHead')
  return file.subarray(at, at + 19)
}

const startCode = Buffer.from([0, 0, 0, 1])

/** The pictures of enhanced RTMP messages as a stream of HEVC that begins with the parameter sets (ITU-T H.265, annex B). */
export const annexBOf = (payloads: Buffer[]): Buffer =>
  Buffer.concat(
    payloads.flatMap((payload) =>
      ((payload[0] ?? 0) & 0x0f) === sequenceStart
        ? parameterSets(payload.subarray(5))
        : unitsOf(payload.subarray(8), 4),
    ),
  )

/** `hvcC` from its byte 22 on: arrays of type, count (16 bits), and units, each behind its length of 16 bits. */
const parameterSets = (config: Buffer): Buffer[] => {
  const units: Buffer[] = []
  let at = 23
  for (let array = 0; array < config.readUInt8(22); array += 1) {
    const count = config.readUInt16BE(at + 1)
    at += 3
    for (let unit = 0; unit < count; unit += 1) {
      const end = at + 2 + config.readUInt16BE(at)
      units.push(startCode, config.subarray(at + 2, end))
      at = end
    }
  }
  return units
}

const unitsOf = (data: Buffer, lengthBytes: number): Buffer[] => {
  const units: Buffer[] = []
  for (let at = 0; at < data.length; ) {
    const end = at + lengthBytes + data.readUIntBE(at, lengthBytes)
    units.push(startCode, data.subarray(at + lengthBytes, end))
    at = end
  }
  return units
}
