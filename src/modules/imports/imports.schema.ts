import { z } from 'zod'
import { acceptedJobSchema } from '../../platform/http/envelope.ts'

/** Fields of the form, beside the part `file`. */
export const uploadFields = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('What the dataset is called. The name of the file, when it is left out.'),
})
export type UploadFields = z.output<typeof uploadFields>

export const acceptedUploadSchema = acceptedJobSchema.extend({
  uploadId: z.uuid(),
  fileId: z.uuid(),
  datasetId: z.uuid().nullable().describe('Where the rows will be; null for a file that is no table.'),
  expiresAt: z.iso.datetime().nullable().describe('When the dataset is removed. The file stays.'),
})
