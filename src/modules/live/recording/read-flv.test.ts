import fs from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { messagesOf } from '../../../../test/harness/live-media.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { flvFileHeader, flvTag } from '../flv/flv-file.ts'

const directory = makeTemporaryDirectory()
afterAll(() => removeTemporaryDirectory(directory))

const messages = Array.from({ length: 90 }, (_, index) => ({
  ...{ type: index % 3 === 0 ? 9 : 8, streamId: 0, timestamp: (0xff_ff_f0_00 + index * 40) >>> 0 },
  payload: Buffer.alloc(1 + ((index * 7_919) % 90_000), index),
}))
const tags = messages.map(flvTag)
const whole = Buffer.concat([flvFileHeader(), ...tags])

const read = (bytes: Buffer) => {
  const file = path.join(directory, 'part.flv')
  fs.writeFileSync(file, bytes)
  return messagesOf(file)
}

test('every message comes back, over the edges of what is read at once', async () => {
  expect(whole.length).toBeGreaterThan(3 * 1_024 ** 2)
  expect(await read(whole)).toEqual(messages)
})

test('of a file that breaks off every whole message comes, and nothing of the rest', async () => {
  const cuts = [0, 5, 13, 20, 1_024 ** 2 + 13, Math.floor(Math.random() * whole.length), whole.length - 1]
  for (const cut of cuts) {
    let end = 13
    const expected = messages.filter((_, index) => {
      end += tags[index]?.length ?? 0
      return end <= cut
    })
    expect(await read(whole.subarray(0, cut)), `cut at ${cut}`).toEqual(expected)
  }
  expect(await read(Buffer.concat([whole, Buffer.alloc(5_000)]))).toEqual(messages)
})
