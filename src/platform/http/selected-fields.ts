import { z } from 'zod'

/** The query parameter by which a request names the fields that it wants of an answer, with commas between. */
export const fieldsOf = <Shape extends z.ZodRawShape>(answer: z.ZodObject<Shape>) =>
  z
    .string()
    .max(300)
    .transform((text) => text.split(','))
    .pipe(z.array(answer.keyof()))
    .optional()

/** Only these fields, in the order in which they were asked for. */
export const chosen = <View extends object>(view: View, fields: readonly (keyof View)[]): Partial<View> => {
  const shown: Partial<View> = {}
  for (const field of fields) shown[field] = view[field]
  return shown
}
