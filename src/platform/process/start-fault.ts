/** The exit code of a start that the operator has to put right (`EX_CONFIG` of BSD's sysexits.h). */
export const startFaultExitCode = 78

/**
 * Why Backlot cannot start, in words for whoever starts it: a wrong variable, a taken port, a full disk. The message
 * is printed as it is, without a stack, one line a fault, and never contains a secret.
 */
export class StartFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartFault'
  }
}

/** Turns what the operating system refused into a `StartFault`; any other error is given back as it is. */
export const toStartFault = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('code' in error)) return error
  const text = faultOf(String(error.code), 'path' in error ? ` (${String(error.path)})` : '')
  return text === undefined ? error : new StartFault(text, { cause: error })
}

const faultOf = (code: string, where: string): string | undefined => {
  if (code === 'ENOSPC') return `The disk is full${where}. Free some space and start again.`
  if (code === 'EDQUOT') return `The disk quota is used up${where}. Free some space and start again.`
  if (code === 'EROFS')
    return `The file system is read-only${where}. Set BACKLOT_DATA_DIR to a writable directory.`
  if (code === 'EACCES' || code === 'EPERM') {
    return `Permission denied${where}. Start Backlot as the account that owns it, or set BACKLOT_DATA_DIR.`
  }
  return undefined
}
