import { UsageFault } from './arguments.ts'
import { explain } from './exit-codes.ts'
import { tell } from './terminal.ts'

type Command = { usage: string; run: (args: string[]) => Promise<void> }

const commands = {
  login: () => import('./login.ts'),
  logout: () => import('./logout.ts'),
  generate: () => import('./generate.ts'),
  export: () => import('./export.ts'),
  jobs: () => import('./jobs.ts'),
} satisfies Record<string, () => Promise<Command>>

/** Runs a command that talks to a Backlot by HTTP, and sets the exit code. */
export const runCommand = async (name: keyof typeof commands, args: string[]): Promise<void> => {
  const { usage, run }: Command = await commands[name]()
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(usage)
  // Who reads only the beginning of what is printed has had enough.
  process.stdout.once('error', () => process.exit())
  try {
    await run(args)
  } catch (error) {
    const { lines, exitCode } = explain(error)
    for (const line of lines) tell(line)
    if (error instanceof UsageFault) process.stderr.write(`\n${usage}`)
    process.exitCode = exitCode
  }
}
