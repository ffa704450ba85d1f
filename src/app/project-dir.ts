import path from 'node:path'

/** The checkout. `.env` is read from here and relative paths count from here, wherever the command was called. */
export const projectDir = path.resolve(import.meta.dirname, '../..')
