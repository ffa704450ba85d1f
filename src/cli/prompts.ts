import readline from 'node:readline'
import { Writable } from 'node:stream'
import { UsageFault } from './arguments.ts'

type Question = { question: string; hidden?: boolean }

const interruptedExitCode = 130

/** Asks at the terminal; without one, the answers are the lines of standard input. */
export class Prompts {
  #lines: readline.Interface | undefined
  #answers: AsyncIterator<string> | undefined

  async ask({ question, hidden = false }: Question): Promise<string> {
    const answer = process.stdin.isTTY ? await askPerson(question, hidden) : await this.#nextLine()
    if (answer === undefined || answer === '') throw new UsageFault(`${question} is needed`)
    return answer
  }

  close(): void {
    this.#lines?.close()
  }

  async #nextLine(): Promise<string | undefined> {
    this.#lines ??= readline.createInterface({ input: process.stdin })
    this.#answers ??= this.#lines[Symbol.asyncIterator]()
    const { value, done } = await this.#answers.next()
    return done === true ? undefined : value
  }
}

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })

const askPerson = (question: string, hidden: boolean): Promise<string | undefined> =>
  new Promise((resolve) => {
    process.stderr.write(`${question}: `)
    const lines = readline.createInterface({
      input: process.stdin,
      output: hidden ? nowhere : process.stderr,
      terminal: true,
    })
    lines.once('SIGINT', () => process.exit(interruptedExitCode))
    lines.once('close', () => resolve(undefined))
    lines.once('line', (line) => {
      if (hidden) process.stderr.write('\n')
      resolve(line)
      lines.close()
    })
  })
