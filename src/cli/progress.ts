import type { JobEvent } from '../../client/src/backlot.ts'
import { plain, print } from './terminal.ts'

const barWidth = 30
/** Without a terminal, so much more of the work is worth a line. */
const lineEvery = 0.1

/** Shows how a job goes: on a terminal one line that is drawn anew, elsewhere lines; with `json`, every event as it is. */
export class Progress {
  readonly #json: boolean
  readonly #isTerminal = process.stderr.isTTY === true
  #shown = Number.NEGATIVE_INFINITY
  #progress = 0
  #status = 'pending'
  #isDrawn = false

  constructor({ json }: { json: boolean }) {
    this.#json = json
  }

  show(event: JobEvent): void {
    if (this.#json) {
      print(JSON.stringify(event))
      return
    }
    const changed = event.status !== undefined && event.status !== this.#status
    this.#progress = event.progress ?? this.#progress
    this.#status = event.status ?? this.#status
    if (this.#isTerminal) this.#draw(event.message)
    else if (changed || this.#progress >= this.#shown + lineEvery) this.#writeLine(event.message)
  }

  /** Leaves the line as it is, so that others can follow. */
  close(): void {
    if (this.#isDrawn) process.stderr.write('\n')
    this.#isDrawn = false
  }

  #writeLine(message: string | undefined): void {
    this.#shown = this.#progress
    process.stderr.write(`backlot: ${this.#text(message)}\n`)
  }

  #draw(message: string | undefined): void {
    const filled = Math.round(this.#progress * barWidth)
    const bar = '#'.repeat(filled) + '-'.repeat(barWidth - filled)
    const line = `[${bar}] ${this.#text(message)}`
    process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`)
    this.#isDrawn = true
  }

  #text(message: string | undefined): string {
    const percent = `${Math.floor(this.#progress * 100)} %`.padStart(5)
    return `${percent} ${this.#status}${message === undefined ? '' : `, ${plain(message)}`}`
  }
}
