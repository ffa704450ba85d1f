import { Recorder } from '../../src/modules/live/recording/recorder.ts'
import { partName } from '../../src/modules/live/recording/recordings-folder.ts'
import { Feed } from '../../src/modules/live/relay/feed.ts'
import { appendLive, messagesOf } from '../harness/live-media.ts'

/** Records what the first file holds, in real time, into the second, a directory, until it is killed. */
const [source = '', directory = ''] = process.argv.slice(2)

const feed = new Feed()
const recorder = new Recorder({
  feed,
  directory,
  part: partName(),
  maxBytes: 100_000_000,
  reserveBytes: 0,
  onFailed: (message) => console.log(`failed: ${message}`),
})
const startedAt = performance.now()
setInterval(() => {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`recorded ${recorder.bytesWritten} bytes after ${seconds} s`)
}, 100)
const messages = await messagesOf(source)
await appendLive(feed, messages, 3_000, new AbortController().signal)
