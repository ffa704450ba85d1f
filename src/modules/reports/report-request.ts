import { z } from 'zod'
import { countDays, longestPeriodDays, periodFields } from './report-period.ts'
import { sectionNames } from './report-sections.ts'

export const reportRequest = z
  .strictObject({
    ...periodFields,
    projectId: z.uuid().optional().describe('Of one project, in place of an account.'),
    userId: z.uuid().optional().describe('Of this account, in place of yours: for admins.'),
    installation: z.literal(true).optional().describe('Of everybody: for admins.'),
    sections: z
      .array(z.enum(sectionNames))
      .min(1)
      .max(sectionNames.length)
      .optional()
      .describe('What it tells of. All that you may read, when left out.'),
  })
  .superRefine(({ from, to, projectId, userId, installation }, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (to < from) fault('to', 'Before the first day.')
    else if (countDays({ from, to }) > longestPeriodDays) fault('to', `More than ${longestPeriodDays} days.`)
    if ([projectId, userId, installation].filter((given) => given !== undefined).length > 1) {
      fault('projectId', 'Give at most one of projectId, userId and installation.')
    }
  })
export type ReportRequest = z.output<typeof reportRequest>
