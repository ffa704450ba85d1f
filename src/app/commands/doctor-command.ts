import type { Finding } from '../doctor/finding.ts'
import { findings } from '../doctor/findings.ts'
import { projectDir } from '../project-dir.ts'
import { readCommandLine, refuseCommandLine } from './command-line.ts'

const usage = `Usage: npx backlot doctor [--json]

Checks this installation, and says what to fix. It changes nothing. Exit code 1 when
something fails.
`

export const runDoctorCommand = async (args: string[]): Promise<void> => {
  const line = readCommandLine(args, { json: { type: 'boolean' } } as const, usage)
  if (line === undefined) return
  if (line.words.length > 0) return refuseCommandLine('doctor takes no words', usage)
  const all = await findings(process.env, projectDir)
  process.stdout.write(line.values.json ? `${JSON.stringify(all, null, 2)}\n` : all.map(lineOf).join(''))
  process.exitCode = all.some(({ level }) => level === 'fail') ? 1 : 0
}

const lineOf = ({ level, check, message, fix }: Finding): string =>
  `${level.padEnd(4)}  ${check}: ${message}${fix === undefined ? '' : `\n      ${fix}`}\n`
