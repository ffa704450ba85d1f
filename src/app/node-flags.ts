/**
 * What Node is started with for a role. Rows in bulk and the messages of a feed are buffers that die young, and in a young
 * generation of the usual size they gather: of a worker's exports a full collection then takes a quarter of the time. A live
 * process runs little code, and rarely anything hot: told so, it holds half of the memory.
 */
export const nodeFlags: Readonly<Record<string, string[]>> = {
  worker: ['--max-semi-space-size=2'],
  live: ['--max-semi-space-size=2', '--optimize-for-size'],
}
