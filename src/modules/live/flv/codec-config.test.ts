import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFlvTags, runFfmpeg } from '../../../../test/harness/flv-media.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import { encodeAmf0 } from '../rtmp/amf0.ts'
import { messageTypes } from '../rtmp/message.ts'
import { readAudioConfig, readMetadata, readVideoConfig } from './codec-config.ts'

const hasFfmpeg = await provideProgram('ffmpeg', 'ffmpeg')

const picture = (size: string) => ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=25`, '-frames:v', '1']
const tone = ['-f', 'lavfi', '-i', 'sine=duration=0.2']
const fragmented = ['-movflags', 'frag_keyframe+delay_moov', '-f', 'mp4']

const firstPayload = async (type: number, args: string[]) => {
  const tags = readFlvTags(await runFfmpeg([...args, '-f', 'flv']))
  return tags.find((tag) => tag.type === type)?.payload ?? Buffer.alloc(0)
}

/** The content of the first box of this name. */
const boxOf = (file: Buffer, name: string): Buffer => {
  const at = file.indexOf(name)
  return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4))
}

describe.skipIf(!hasFfmpeg)('what encoders write', () => {
  test.each([
    ['640x360', [], { width: 640, height: 360, profile: 'High', level: '3.0' }],
    ['1280x720', ['-profile:v', 'main'], { width: 1280, height: 720, profile: 'Main', level: '3.1' }],
    [
      '1920x1080',
      ['-profile:v', 'baseline'],
      { width: 1920, height: 1080, profile: 'Baseline', level: '4.0' },
    ],
    ['1920x1080', ['-x264-params', 'tff=1'], { width: 1920, height: 1080, profile: 'High', level: '4.0' }],
    ['854x478', ['-pix_fmt', 'yuv422p'], { width: 854, height: 478, profile: 'High 4:2:2', level: '3.0' }],
    [
      '853x479',
      ['-pix_fmt', 'yuv444p'],
      { width: 853, height: 479, profile: 'High 4:4:4 Predictive', level: '3.0' },
    ],
  ])('x264 at %s %j', async (size, options, expected) => {
    const encoder = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p']
    const payload = await firstPayload(messageTypes.video, [...picture(size), ...encoder, ...options])
    expect(readVideoConfig(payload)).toEqual({ codec: 'h264', ...expected })
  })

  test.each([
    ['640x360', { width: 640, height: 360, profile: 'Main', level: '2.1' }],
    ['1280x720', { width: 1280, height: 720, profile: 'Main', level: '3.1' }],
    ['1920x1080', { width: 1920, height: 1080, profile: 'Main', level: '4.0' }],
  ])('x265 at %s', async (size, expected) => {
    const encoder = ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-preset', 'ultrafast']
    const options = ['-pix_fmt', 'yuv420p', '-tag:v', 'hvc1']
    const record = boxOf(await runFfmpeg([...picture(size), ...encoder, ...options, ...fragmented]), 'hvcC')
    const payload = Buffer.concat([Buffer.from('\x90hvc1', 'latin1'), record])
    expect(readVideoConfig(payload)).toEqual({ codec: 'hevc', ...expected })
    const inModifier = Buffer.concat([Buffer.from('\x97\x00\x01\x00hvc1', 'latin1'), record])
    expect(readVideoConfig(inModifier)).toEqual({ codec: 'hevc', ...expected })
    const inTrack = Buffer.concat([Buffer.from('\x96\x00hvc1\x01', 'latin1'), record])
    expect(readVideoConfig(inTrack)).toEqual({ codec: 'hevc', ...expected })
  })

  test('libaom at 640x360', async () => {
    const encoder = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-pix_fmt', 'yuv420p']
    const record = boxOf(await runFfmpeg([...picture('640x360'), ...encoder, ...fragmented]), 'av1C')
    const payload = Buffer.concat([Buffer.from('\x90av01', 'latin1'), record])
    expect(readVideoConfig(payload)).toEqual({
      codec: 'av1',
      width: 640,
      height: 360,
      profile: 'Main',
      level: expect.stringMatching(/^[2-6]\.[0-3]$/),
    })
  })

  test.each([
    [44_100, 1],
    [44_100, 2],
    [48_000, 1],
    [48_000, 2],
  ])('AAC and MP3 at %i Hz with %i channels', async (sampleRate, channels) => {
    const format = [...tone, '-ar', `${sampleRate}`, '-ac', `${channels}`]
    const aac = await firstPayload(messageTypes.audio, [...format, '-c:a', 'aac'])
    expect(readAudioConfig(aac)).toEqual({ codec: 'aac', sampleRate, channels })
    const mp3 = await runFfmpeg([
      ...format,
      '-c:a',
      'libmp3lame',
      '-write_xing',
      '0',
      '-id3v2_version',
      '0',
      '-f',
      'mp3',
    ])
    const frame = Buffer.concat([Buffer.of(0x2f), mp3])
    expect(readAudioConfig(frame)).toEqual({ codec: 'mp3', sampleRate, channels })
  })

  test('Opus', async () => {
    const file = await runFfmpeg([...tone, '-ar', '24000', '-ac', '2', '-c:a', 'libopus', '-f', 'ogg'])
    const head = file.subarray(file.indexOf('OpusHead'))
    const payload = Buffer.concat([Buffer.from('\x90Opus', 'latin1'), head.subarray(0, 19)])
    expect(readAudioConfig(payload)).toEqual({ codec: 'opus', sampleRate: 48_000, channels: 2 })
  })

  test('the metadata of an FLV file', async () => {
    const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30:duration=0.2', ...tone]
    const codecs = ['-c:v', 'libx264', '-b:v', '800k', '-c:a', 'aac', '-b:a', '96k']
    const payload = await firstPayload(messageTypes.data, [...inputs, ...codecs])
    const { encoder, ...rest } = readMetadata(payload)
    expect(encoder).toMatch(/^Lavf/)
    expect(rest).toEqual({
      width: 640,
      height: 360,
      frameRate: 30,
      videoBitrateKbps: 800_000 / 1024,
      audioBitrateKbps: 96_000 / 1024,
    })
  })
})

test('high efficiency AAC tells the rate and channels that are heard', () => {
  // Object type 29 (PS), core 24 kHz (6), mono, extension 48 kHz (3): 11101 0110 0001 0011 ...
  expect(readAudioConfig(Buffer.of(0xaf, 0, 0b11101011, 0b00001001, 0b10000000))).toEqual({
    codec: 'aac',
    sampleRate: 48_000,
    channels: 2,
  })
})

test('metadata that is senseless says nothing', () => {
  const read = (...values: Parameters<typeof encodeAmf0>) => readMetadata(encodeAmf0(...values))
  expect(read('@setDataFrame', 'onMetaData', { width: 640, encoder: ' a\u0000b\u202e ' })).toMatchObject({
    width: 640,
    encoder: 'a b',
  })
  for (const width of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY, '640', null]) {
    expect(read('onMetaData', { width }).width).toBeUndefined()
  }
  expect(read('onMetaData', { encoder: 'x'.repeat(5000) }).encoder).toHaveLength(100)
  expect(read('onMetaData').width).toBeUndefined()
  expect(read('onMetaData', ['a']).width).toBeUndefined()
  expect(readMetadata(Buffer.of(2, 255, 255)).width).toBeUndefined()
})

test('bytes of any kind are answered, never thrown at', () => {
  const start = fc.constantFrom(
    '\x17\x00\x00\x00\x00\x01',
    '\x90hvc1',
    '\x90av01',
    '\x97\x00\x00',
    '\x96\x00avc1\x00',
  )
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      const { width = 1, height = 1 } = readVideoConfig(Buffer.concat([Buffer.from(head, 'latin1'), rest]))
      expect(width).toBeGreaterThan(0)
      expect(height).toBeGreaterThan(0)
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      readVideoConfig(Buffer.from(bytes))
      readAudioConfig(Buffer.from(bytes))
      readMetadata(Buffer.from(bytes))
    }),
    { numRuns: 2_000 },
  )
})
