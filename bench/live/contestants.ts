import { freePort } from '../../test/harness/free-port.ts'
import { type Program, startProgram } from '../../test/harness/program.ts'
import { RtmpServer } from '../../test/harness/rtmp-server.ts'
import { startBacklot } from './backlot.ts'
import { type ProcessTree, withDescendants } from './process-cost.ts'

/** What relays: it takes the feed at `ingest`, which ends with the stream key, and `tree` is what it costs. */
export type Relay = { ingest: string; tree: ProcessTree }

export type Contestant = {
  name: string
  /** More destinations are not tried with it. */
  mostDestinations: number
  /** `destinations`: whole RTMP URLs with their stream keys. `opened` ends what it starts. */
  start: (opened: AsyncDisposableStack, destinations: string[]) => Promise<Relay>
}

/** No relay at all: what the publisher, the sink and the loopback take themselves. */
export const direct: Contestant = {
  name: 'no relay',
  mostDestinations: 1,
  start: async (_opened, [destination = '']) => ({ ingest: destination, tree: () => [] }),
}

const nginxPush: Contestant = {
  name: 'nginx-rtmp push',
  mostDestinations: 100,
  start: async (opened, push) => {
    const server = opened.adopt(await RtmpServer.start({ push, records: false }), (open) => open.stop())
    return { ingest: `${server.url}/feed`, tree: () => [server.pid] }
  },
}

const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error']

/** Each destination is tried again after a second, which is the least that the muxer fifo takes. */
const fifoOptions = [
  'attempt_recovery=1',
  'recover_any_error=1',
  'recovery_wait_time=1',
  'drop_pkts_on_overflow=1',
  'restart_with_keyframe=1',
].join(':')

const ffmpegTee: Contestant = {
  name: 'ffmpeg, tee and fifo',
  mostDestinations: 100,
  start: async (opened, destinations) => {
    const ingest = `rtmp://127.0.0.1:${await freePort()}/live/feed`
    const outputs = destinations.map((url) => `[f=flv:flvflags=no_duration_filesize:onfail=ignore]${url}`)
    const tee = ['-map', '0', '-c', 'copy', '-f', 'tee', '-use_fifo', '1', '-fifo_options', fifoOptions]
    const args = [...quiet, '-listen', '1', '-i', ingest, ...tee, outputs.join('|')]
    const program = startProgram('ffmpeg', args)
    opened.defer(async () => void (await program.kill()))
    return { ingest, tree: () => [program.pid] }
  },
}

/** What systemd waits for by default (RestartSec). */
const respawnMs = 100

/** One ffmpeg a destination, started again when it ends, all of them fed by one nginx-rtmp. */
const ffmpegEach: Contestant = {
  name: 'ffmpeg, one each',
  mostDestinations: 20,
  start: async (opened, destinations) => {
    const server = opened.adopt(await RtmpServer.start({ records: false }), (open) => open.stop())
    const ingest = `${server.url}/feed`
    const programs = new Map<string, Program>()
    let isOpen = true
    const keepRunning = (url: string) => {
      if (!isOpen) return
      const output = ['-c', 'copy', '-f', 'flv', '-flvflags', 'no_duration_filesize', url]
      const program = startProgram('ffmpeg', [...quiet, '-i', ingest, ...output])
      programs.set(url, program)
      void program.exit.then(() => setTimeout(keepRunning, respawnMs, url))
    }
    for (const url of destinations) keepRunning(url)
    opened.defer(async () => {
      isOpen = false
      await Promise.all([...programs.values()].map((program) => program.kill()))
    })
    return { ingest, tree: () => [server.pid, ...[...programs.values()].map(({ pid }) => pid)] }
  },
}

const backlot: Contestant = {
  name: 'Backlot',
  mostDestinations: 100,
  start: async (opened, destinations) => {
    const { ingest, livePid } = await startBacklot(opened, destinations)
    return { ingest, tree: () => withDescendants([livePid]) }
  },
}

export const contestants: readonly Contestant[] = [nginxPush, ffmpegTee, ffmpegEach, backlot]
