import { z } from 'zod'

const longestWaitSeconds = 60

/** The header of routes that start a job: `wait=N` holds the answer until the job has ended or N seconds are over (RFC 7240, 4.3). */
export const preferHeaders = z.object({
  prefer: z
    .string()
    .max(200)
    .optional()
    .describe('`wait=N`, up to 60: wait N seconds for the end of the job.'),
})

/** Preferences are wishes: what is not understood counts as not said, and a longer wait as the longest. */
export const preferredWaitMs = (prefer: string | undefined): number => {
  const [, seconds = '0'] = /(?:^|[,;\s])wait\s*=\s*(\d{1,6})\b/i.exec(prefer ?? '') ?? []
  return Math.min(Number(seconds), longestWaitSeconds) * 1_000
}
