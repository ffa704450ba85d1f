import { CronExpressionParser } from 'cron-parser'
import { z } from 'zod'

const shortestMinutes = 5
const longestMinutes = 7 * 24 * 60
const longestCron = 100
const minuteMs = 60_000
/** How many turns of a cron expression are looked at: a day's, at the shortest distance. */
const triedTurns = (24 * 60) / shortestMinutes

export const syncTiming = z.union([
  z.strictObject({
    everyMinutes: z.int().min(shortestMinutes).max(longestMinutes),
  }),
  z.strictObject({
    cron: z
      .string()
      .max(longestCron)
      .superRefine((text, context) => {
        const fault = cronFault(text)
        if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
      })
      .describe(
        `Five fields, in UTC: \`15 6 * * 1-5\`. Turns are ${shortestMinutes} minutes apart at least.`,
      ),
  }),
])
export type SyncTiming = z.infer<typeof syncTiming>

/** When the first turn after an instant is. */
export const turnAfter = (timing: SyncTiming, instant: Date): Date =>
  'cron' in timing
    ? parseCron(timing.cron, instant).next().toDate()
    : new Date(instant.getTime() + timing.everyMinutes * minuteMs)

const parseCron = (text: string, currentDate: Date) =>
  CronExpressionParser.parse(text, { currentDate, tz: 'UTC' })

/** Any instant will do: which turns follow each other how closely is the same every day, week and year. */
const firstTried = new Date('2024-01-01T00:00:00Z')

function cronFault(text: string): string | undefined {
  if (!/^[\d*/,\-A-Za-z]+( [\d*/,\-A-Za-z]+){4}$/.test(text))
    return 'Give five fields, with one blank between them.'
  try {
    const turns = parseCron(text, firstTried)
    let last = turns.next().getTime()
    for (let turn = 0; turn < triedTurns; turn += 1) {
      const next = turns.next().getTime()
      if (next - last < shortestMinutes * minuteMs)
        return `Turns are ${shortestMinutes} minutes apart at least.`
      last = next
    }
    return undefined
  } catch {
    return 'This is no cron expression that ever has its turn.'
  }
}
