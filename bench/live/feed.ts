import path from 'node:path'
import { provideFlv } from '../../test/harness/publisher.ts'
import { startProcess, stopProcess } from '../measured-process.ts'

/** With 96 kbit/s of audio and the frames' heads 6 Mbit/s. */
const videoKbps = 5_880
const seconds = 10

/** Six megabits a second: 720p30 H.264 at a constant rate, a key frame each second, and AAC. */
export const prepareFeed = (directory: string): Promise<string> =>
  provideFlv({ video: 'baseline', size: '1280x720', framesPerSecond: 30, videoKbps, seconds }, directory)

/**
 * Publishes the file over and over from a process of its own, with the time of sending in its audio. Waits until the ingest
 * is there and accepts it. Lasts until `opened` is closed.
 */
export const startFeed = async (
  opened: AsyncDisposableStack,
  { url, file }: { url: string; file: string },
): Promise<void> => {
  const script = path.join('bench', 'live', 'feed-process.ts')
  opened.adopt(await startProcess(script, [url, file]), stopProcess)
}
