import { BacklotError, JobFailed } from '../../client/src/backlot.ts'
import { UsageFault } from './arguments.ts'
import { plain } from './terminal.ts'

export class NotSignedIn extends Error {}

/** Ended by a signal. */
export class Interrupted extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super('stopped')
    this.exitCode = exitCode
  }
}

/** As BSD's sysexits.h has them; 1 is a failure of another kind. */
const exitCodes = { usage: 64, unavailable: 69, noPermission: 77 }

/** What a person is told of a failure, and the code to exit with. */
export const explain = (error: unknown): { lines: string[]; exitCode: number } => {
  if (error instanceof UsageFault) return { lines: [error.message], exitCode: exitCodes.usage }
  if (error instanceof Interrupted) return { lines: [], exitCode: error.exitCode }
  if (error instanceof NotSignedIn) {
    return { lines: ['nobody is signed in. Run: npx backlot login'], exitCode: exitCodes.noPermission }
  }
  if (error instanceof JobFailed) return { lines: [plain(`${error.message} (${error.code})`)], exitCode: 1 }
  if (error instanceof BacklotError) return explainAnswer(error)
  // Of files: it says which one, and why.
  return { lines: [plain(error instanceof Error ? error.message : String(error))], exitCode: 1 }
}

const explainAnswer = ({ status, code, message, fields, requestId }: BacklotError) => {
  if (status === undefined) {
    const lines = [`${plain(message)} Is Backlot running there? npx backlot login --url sets the address.`]
    return { lines, exitCode: exitCodes.unavailable }
  }
  const exitCode =
    status === 401 || status === 403 ? exitCodes.noPermission : status >= 500 ? exitCodes.unavailable : 1
  const request = requestId === undefined ? '' : `, request ${plain(requestId)}`
  return {
    lines: [
      `${plain(message)} (${plain(code)}${request})`,
      ...fields.map((fault) => `  ${plain(fault.path)}: ${plain(fault.message)}`),
      ...(status === 401 ? ['Sign in again: npx backlot login'] : []),
    ],
    exitCode,
  }
}
