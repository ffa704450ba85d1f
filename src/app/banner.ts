import type { Running } from './supervisor.ts'

/** What a newcomer needs once Backlot runs. The command works as it stands. */
export const readyText = ({ config, addresses, adminLink }: Running, seconds: number): string => {
  const [api, ingest] = addresses
  const local = localAddress(api ?? `http://${config.http.host}:${config.http.port}`)
  const url = config.http.port === 0 ? local : config.http.origin
  const rows = [
    ['Address', url],
    ['Try', `curl ${url}/`],
    ['Docs', `${url}/docs`],
    ...(ingest === undefined ? [] : [['Live', ingest.replace(/0\.0\.0\.0|\[::\]/, 'localhost')]]),
    ['Data', config.dataDir],
    ...(adminLink === undefined ? [] : [['First admin, once', adminLink]]),
  ]
  const lines = rows.map(([name = '', value]) => `  ${name.padEnd(17)}  ${value}`)
  return ['', `Backlot is ready after ${seconds.toFixed(1)} s. Ctrl-C stops it.`, '', ...lines, '', ''].join(
    '\n',
  )
}

/** A server that listens on every address is reached on this machine as localhost. */
const localAddress = (address: string): string => {
  const url = new URL(address)
  if (['0.0.0.0', '[::]'].includes(url.hostname)) url.hostname = 'localhost'
  return url.origin
}
