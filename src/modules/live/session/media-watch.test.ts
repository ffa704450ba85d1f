import { expect, test } from 'vitest'
import { encodeAmf0 } from '../rtmp/amf0.ts'
import { createMediaWatch } from './media-watch.ts'

const metadata = (width: number) => encodeAmf0('onMetaData', { width, height: 2 })

test('a publisher that says something else all the time is told of once a second, at last with the newest', () => {
  const watch = createMediaWatch()
  const told = []
  for (let atMs = 0; atMs <= 5_000; atMs += 1) {
    const news = watch.look({ kind: 'metadata' }, metadata(1 + (atMs % 1_000)), atMs)
    if (news !== undefined) told.push(news)
  }
  expect(told[0]).toEqual({ width: 1, height: 2 })
  expect(told.length).toBeLessThan(16)
  expect(watch.look({ kind: 'metadata' }, metadata(7), 7_000)).toMatchObject({ width: 7 })
})
