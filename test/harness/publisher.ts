import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Program, runProgram, startProgram } from './program.ts'

/**
 * A test picture and a tone. `baseline` and `b-frames` are H.264, the first without frames out of order; the tone is AAC.
 * A group of pictures takes one second, and no key frame comes in between.
 */
export type TestPicture = {
  video?: 'baseline' | 'b-frames' | 'none'
  audio?: boolean
  size?: `${number}x${number}`
  framesPerSecond?: number
  /** Constant, with filling where the picture does not need it. Otherwise as many as the picture needs. */
  videoKbps?: number
}

/** ffmpeg that makes and publishes a test picture as fast as it plays, until it is stopped. `url` ends with the stream key. */
export const publishTestPicture = (url: string, picture: TestPicture = {}): Program =>
  startProgram('ffmpeg', [...quiet, ...encoding(picture, ['-re']), '-f', 'flv', url])

/**
 * ffmpeg that publishes a file as fast as it plays, as it is, which costs little. `loops`: begins again at its end, with time
 * going on; the seam is some frames long, so a test that measures gaps takes a long file instead. `timestampOffsetSeconds`: the time of the first message; from 16,777.216 on they need extended timestamps.
 */
export const publishFile = (
  url: string,
  file: string,
  { loops = true, timestampOffsetSeconds = 0 }: { loops?: boolean; timestampOffsetSeconds?: number } = {},
): Program => {
  const loop = loops ? ['-stream_loop', '-1'] : []
  const copying = ['-c', 'copy', '-output_ts_offset', String(timestampOffsetSeconds)]
  return startProgram('ffmpeg', [...quiet, '-re', ...loop, '-i', file, ...copying, '-f', 'flv', url])
}

/** An FLV file of a test picture, made once in a run of the tests. */
export const provideFlv = async (
  picture: TestPicture & { seconds: number },
  directory = runDirectory(),
): Promise<string> => {
  const { seconds, ...rest } = picture
  const args = [...encoding(rest, []), '-t', String(seconds), '-f', 'flv']
  const name = createHash('sha256').update(args.join('\n')).digest('hex').slice(0, 16)
  const file = path.join(directory, `${name}.flv`)
  if (fs.existsSync(file)) return file
  const unfinished = `${file}.${process.pid}`
  await runProgram('ffmpeg', [...quiet, ...args, '-y', unfinished])
  fs.renameSync(unfinished, file)
  return file
}

/** -nostdin: ffmpeg would otherwise take its input for commands. */
const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'warning']

const encoding = (picture: TestPicture, pacing: string[]): string[] => {
  const { video = 'baseline', audio = true, size = '320x180', framesPerSecond = 30, videoKbps } = picture
  const inputs = [
    ...(video === 'none' ? [] : [`testsrc2=size=${size}:rate=${framesPerSecond}`]),
    ...(audio ? ['sine=frequency=440:sample_rate=44100'] : []),
  ]
  const group = ['-g', String(framesPerSecond), '-keyint_min', String(framesPerSecond), '-sc_threshold', '0']
  const rate = videoKbps === undefined ? [] : constantRate(videoKbps)
  const kind =
    video === 'b-frames' ? ['-profile:v', 'main', '-bf', '2', '-b_strategy', '0'] : ['-profile:v', 'baseline']
  return [
    ...inputs.flatMap((input) => [...pacing, '-f', 'lavfi', '-i', input]),
    ...(video === 'none'
      ? []
      : ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...kind, ...group, ...rate]),
    ...(audio ? ['-c:a', 'aac', '-b:a', '96k', '-ac', '2'] : []),
  ]
}

const constantRate = (kbps: number): string[] => {
  const rates = ['-b:v', '-minrate', '-maxrate', '-bufsize'].flatMap((option) => [option, `${kbps}k`])
  return [...rates, '-x264-params', 'nal-hrd=cbr']
}

/**
 * Of the processes of one run together: vitest forks them all from one. Its name lets the next run remove it, as it does
 * with other temporary directories.
 */
const runDirectory = (): string => {
  const directory = path.join(os.tmpdir(), `backlot-test-${process.ppid}-media`)
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}
