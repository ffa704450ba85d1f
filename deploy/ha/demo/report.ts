import { printTarget } from '../../../bench/report.ts'
import type { Kill } from './kills.ts'
import type { Load } from './load.ts'
import type { Comparison } from './stored-writes.ts'

const mostAddedMs = 2_000
const mostReadErrors = 0.001

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
const percent = (share: number): string => `${(share * 100).toFixed(3)} %`

const widths = [6, 10, 11, 10, 10, 8, 8, 13, 9]
const line = (cells: (string | number)[]): string =>
  cells.map((cell, at) => `${cell}`.padStart(widths[at] ?? 0)).join('')

export const printHead = (): void =>
  console.log(
    line(['kill', 'member', 'processes', 'gap', 'bare gap', 'reads', 'errors', 'acknowledged', 'rejoin']),
  )

export const printKill = (number: number, kill: Kill): void => {
  const { member, processes, gapMs, bareGapMs, reads, readErrors, acknowledged, rejoinMs } = kill
  console.log(
    line([
      ...[number, member, processes, seconds(gapMs), seconds(bareGapMs)],
      ...[reads, readErrors, acknowledged, seconds(rejoinMs)],
    ]),
  )
}

const counted = (refusals: Map<string, number>): string =>
  [...refusals].map(([status, count]) => `${status} ${count} times`).join(', ') || 'none'

/** Says what was to be shown, and whether it was. One miss makes the process fail. */
export const printVerdict = (
  kills: Kill[],
  { writers, readers }: Load,
  { lost, doubled, stored }: Comparison,
  isUnbroken: boolean,
): void => {
  const acknowledged = writers.acknowledged.length
  console.log(`\nWriters were refused with: ${counted(writers.refusals)}`)
  console.log(`Readers were refused with: ${counted(readers.refusals)}\n`)
  const added = Math.max(...kills.map(({ gapMs, bareGapMs }) => gapMs - bareGapMs))
  printTarget(`${lost} of ${acknowledged} acknowledged posts are lost`, '0', lost === 0)
  printTarget(`${doubled} keys made more than one post`, '0', doubled === 0)
  printTarget(`${stored} posts are stored`, `${acknowledged}, each acknowledged`, stored === acknowledged)
  printTarget(
    `gap at most ${seconds(added)} longer than Patroni's own`,
    seconds(mostAddedMs),
    added <= mostAddedMs,
  )
  const errors = readers.errors / readers.reads
  printTarget(
    `${percent(errors)} of ${readers.reads} reads failed`,
    percent(mostReadErrors),
    errors < mostReadErrors,
  )
  printTarget(`api processes ${isUnbroken ? 'ran on' : 'ended'}`, 'the same all the time', isUnbroken)
}

export const printControl = ({ lost, acknowledged }: { lost: number; acknowledged: number }): void =>
  printTarget(
    `control, asynchronous and with a cut link: ${lost} of ${acknowledged} acknowledged posts are lost`,
    'some, or the check sees nothing',
    lost > 0,
  )
