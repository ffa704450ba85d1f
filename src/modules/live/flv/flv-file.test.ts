import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { probe, readFlvTags, runFfmpeg } from '../../../../test/harness/flv-media.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { messageTypes } from '../rtmp/message.ts'
import { flvFileHeader, flvTag } from './flv-file.ts'

const hasFfmpeg = await provideProgram('ffmpeg', 'ffmpeg')
const directory = makeTemporaryDirectory()
afterAll(() => removeTemporaryDirectory(directory))

const media = [
  ...[
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=320x180:rate=25:duration=1',
    '-f',
    'lavfi',
    '-i',
    'sine=duration=1',
  ],
  ...['-c:v', 'libx264', '-c:a', 'aac'],
]

test.skipIf(!hasFfmpeg)('writes the tags of a file as ffmpeg wrote them', async () => {
  const file = await runFfmpeg([...media, '-f', 'flv'])
  expect(Buffer.concat([flvFileHeader(), ...readFlvTags(file).map(flvTag)]).equals(file)).toBe(true)
})

test.skipIf(!hasFfmpeg)('keeps timestamps of more than 24 bits', async () => {
  const shift = 20_000_000
  const tags = readFlvTags(await runFfmpeg([...media, '-f', 'flv']))
  const moved = tags
    .filter((tag) => tag.type !== messageTypes.data)
    .map((tag) => flvTag({ ...tag, timestamp: tag.timestamp + shift }))
  const file = path.join(directory, 'moved.flv')
  await writeFile(file, Buffer.concat([flvFileHeader(), ...moved]))
  const seen = await probe(file, 'packet=codec_type,dts_time:stream=codec_name')
  expect(seen.streams).toEqual([{ codec_name: 'h264' }, { codec_name: 'aac' }])
  const packets = seen.packets as { codec_type: string; dts_time: string }[]
  expect(packets.filter((packet) => packet.codec_type === 'video')).toHaveLength(25)
  for (const packet of packets) expect(Number(packet.dts_time)).toBeGreaterThanOrEqual(shift / 1000)
})

test('lays out a tag as the specification says', () => {
  const tag = flvTag({ type: 8, streamId: 1, timestamp: 0x81020304, payload: Buffer.of(0xaf, 1) })
  expect([...tag]).toEqual([8, 0, 0, 2, 2, 3, 4, 0x81, 0, 0, 0, 0xaf, 1, 0, 0, 0, 13])
})
