/** For what is asked for, which others may read by a pipe. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** For people. */
export const tell = (line: string): void => void process.stderr.write(`backlot: ${line}\n`)

/** A server's text, without what a terminal would take for commands. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')
