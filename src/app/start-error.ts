import { StartFault, startFaultExitCode, toStartFault } from '../platform/process/start-fault.ts'

/**
 * Ends the process because it could not start: with one line for each thing that the operator can put right, and a
 * stack only for an error of ours.
 */
export const exitWithStartError = (error: unknown, listen?: { host: string; port: number }): never => {
  const fault = listenFault(error, listen) ?? toStartFault(error)
  if (fault instanceof StartFault) {
    for (const line of fault.message.split('\n')) process.stderr.write(`backlot: ${line}\n`)
    process.exit(startFaultExitCode)
  }
  process.stderr.write(`backlot: ${fault instanceof Error ? fault.stack : String(fault)}\n`)
  process.exit(1)
}

const listenFault = (error: unknown, listen?: { host: string; port: number }): StartFault | undefined => {
  if (listen === undefined || !(error instanceof Error) || !('syscall' in error) || !('code' in error))
    return undefined
  const { host, port } = listen
  if (error.syscall === 'getaddrinfo' && 'hostname' in error && error.hostname === host) {
    return new StartFault(`HOST: ${host} is no address and no name that this machine knows.`)
  }
  if (error.syscall !== 'listen') return undefined
  if (error.code === 'EADDRINUSE') {
    return new StartFault(
      `PORT: ${port} is taken by another program. Stop that one, or set PORT to a free port.`,
    )
  }
  if (error.code === 'EACCES')
    return new StartFault(`PORT: this account may not listen on ${port}. Set PORT above 1023.`)
  if (error.code === 'EADDRNOTAVAIL')
    return new StartFault(`HOST: ${host} is not an address of this machine.`)
  return undefined
}
