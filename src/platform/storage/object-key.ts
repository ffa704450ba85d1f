import { randomUUID } from 'node:crypto'

const keyPattern = /^(uploads|results)\/\d{4}\/\d{2}\/[0-9a-z-]{1,100}$/

/** Keys are made by us alone and match one strict pattern, so that no key can leave its directory. */
export const isObjectKey = (key: string): boolean => keyPattern.test(key)

const monthOf = (date: Date) => date.toISOString().slice(0, 7).replace('-', '/')

export const newUploadKey = (): string => `uploads/${monthOf(new Date())}/${randomUUID()}`

/** The key of one result (`part`) of one claim of a job: claims never write to each other's. */
export const resultKey = (job: { id: string; attempt: number }, part: string): string =>
  `results/${monthOf(new Date())}/${job.id}-${job.attempt}-${part}`

/** The key of a picture that was made of a file's for showing, and can be made again. */
export const newVariantKey = (): string => `results/${monthOf(new Date())}/variant-${randomUUID()}`
