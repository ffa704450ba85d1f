import { StartFault, startFaultExitCode, toStartFault } from '../platform/process/start-fault.ts'

/**
 * Ends the process because it could not start: with one line for each thing that the operator can put right, and a
 * stack only for an error of ours.
 */
export const exitWithStartError = (error: unknown, listen?: { host: string; port: number }): never => {
  const fault = (listen && listenFault(error, { ...listen, variable: 'PORT' })) ?? toStartFault(error)
  if (fault instanceof StartFault) {
    for (const line of fault.message.split('\n')) process.stderr.write(`backlot: ${line}\n`)
    process.exit(startFaultExitCode)
  }
  process.stderr.write(`backlot: ${fault instanceof Error ? fault.stack : String(fault)}\n`)
  process.exit(1)
}

/** What the operator can do about a port that cannot be listened on; undefined for any other error. */
export const listenFault = (
  error: unknown,
  { host, port, variable }: { host: string; port: number; variable: string },
): StartFault | undefined => {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined
  if (error.syscall === 'getaddrinfo' && 'hostname' in error && error.hostname === host) {
    return new StartFault(`HOST: ${host} is no address and no name that this machine knows.`)
  }
  // One of several processes behind a port is told so of what the parent met.
  if (error.syscall !== 'listen' && error.syscall !== 'bind') return undefined
  if (error.code === 'EADDRINUSE') {
    return new StartFault(
      `${variable}: ${port} is taken by another program. Stop that one, or set ${variable} to a free port.`,
    )
  }
  if (error.code === 'EACCES')
    return new StartFault(`${variable}: this account may not listen on ${port}. Set ${variable} above 1023.`)
  if (error.code === 'EADDRNOTAVAIL')
    return new StartFault(`HOST: ${host} is not an address of this machine.`)
  return undefined
}
