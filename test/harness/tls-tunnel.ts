import fs from 'node:fs'
import path from 'node:path'
import { freePort, untilListening } from './free-port.ts'
import { runProgram, startProgram } from './program.ts'
import { provideProgram } from './provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

/** Whether `startTlsServer` and `startTlsClient` can run here, with stunnel installed if need be. */
export const provideTlsTunnel = (): Promise<boolean> =>
  provideProgram(['stunnel', 'openssl'], ['stunnel4', 'openssl'])

/** `ca`: what a client has to trust (NODE_EXTRA_CA_CERTS). `certificate` is for 127.0.0.1 and localhost. Files in PEM. */
export type Certificates = { ca: string; certificate: string; key: string; remove: () => void }

/** An authority of our own, and a server's certificate by it, valid for a day. */
export const makeCertificates = async (): Promise<Certificates> => {
  const directory = makeTemporaryDirectory()
  const at = (name: string) => path.join(directory, name)
  const newKey = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
  ]
  const authority = ['-subj', '/CN=Test authority', '-keyout', at('ca.key'), '-out', at('ca.pem')]
  await runProgram('openssl', [...newKey, ...authority])
  const server = ['-subj', '/CN=localhost', '-keyout', at('server.key'), '-out', at('server.pem')]
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key')]
  const names = [
    '-addext',
    'subjectAltName=IP:127.0.0.1,DNS:localhost',
    '-addext',
    'basicConstraints=CA:FALSE',
  ]
  await runProgram('openssl', [...newKey, ...server, ...signed, ...names])
  return {
    ca: at('ca.pem'),
    certificate: at('server.pem'),
    key: at('server.key'),
    remove: () => removeTemporaryDirectory(directory),
  }
}

export type TlsTunnel = { port: number; stop: () => Promise<void> }

/** Takes TLS on a port of the loopback and passes the plain bytes on: makes an RTMP server one of RTMPS. */
export const startTlsServer = (targetPort: number, { certificate, key }: Certificates): Promise<TlsTunnel> =>
  startTunnel(targetPort, [`cert = ${certificate}`, `key = ${key}`])

/**
 * Takes plain bytes and passes them on in TLS: a publisher of RTMP reaches a server of RTMPS. The server's certificate has to
 * be one of `ca`'s for 127.0.0.1.
 */
export const startTlsClient = (targetPort: number, { ca }: Pick<Certificates, 'ca'>): Promise<TlsTunnel> =>
  startTunnel(targetPort, ['client = yes', `CAfile = ${ca}`, 'verifyChain = yes', 'checkIP = 127.0.0.1'])

const startTimeoutMs = 5_000

const startTunnel = async (targetPort: number, lines: string[]): Promise<TlsTunnel> => {
  const port = await freePort()
  const directory = makeTemporaryDirectory()
  const file = path.join(directory, 'stunnel.conf')
  const global = ['foreground = yes', 'pid =', 'syslog = no', 'debug = notice']
  const service = [
    '[tunnel]',
    `accept = 127.0.0.1:${port}`,
    `connect = 127.0.0.1:${targetPort}`,
    'delay = yes',
  ]
  fs.writeFileSync(file, [...global, ...service, ...lines, ''].join('\n'))
  const program = startProgram('stunnel', [file])
  await untilListening(port, AbortSignal.timeout(startTimeoutMs)).catch((cause: unknown) => {
    throw new Error(`stunnel does not listen on ${port}:\n${program.output()}`, { cause })
  })
  const stop = async () => {
    await program.stop()
    removeTemporaryDirectory(directory)
  }
  return { port, stop }
}
