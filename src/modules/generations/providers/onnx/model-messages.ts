import { z } from 'zod'
import type { ImageSize } from '../provider.ts'
import type { ModelSettings } from './model-files.ts'

/** One picture, as the process that runs models is told. */
export type ModelTask = {
  model: { file: string; version: string; settings: ModelSettings }
  image: Uint8Array
  size: ImageSize | undefined
  strength: number
}

/** What the process says. It is checked: it reads photos and models that strangers made. */
export const modelMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), fraction: z.number().min(0).max(1) }),
  z.object({
    kind: z.literal('made'),
    data: z.instanceof(Uint8Array),
    width: z.int().positive(),
    height: z.int().positive(),
  }),
  z.object({
    kind: z.literal('refused'),
    code: z.string(),
    message: z.string(),
    detail: z.string().optional(),
  }),
])
export type ModelMessage = z.infer<typeof modelMessageSchema>

/** Ends the process that took more memory than it may; nothing else sends it. */
export const outOfMemorySignal = 'SIGXCPU'

/** A fault of the model or the photo, which stays whoever tries again. `detail` is for the log: it may name files. */
export class RefusedTask extends Error {
  readonly code: string
  readonly detail: string | undefined
  constructor(code: string, message: string, detail?: unknown) {
    super(message)
    this.name = 'RefusedTask'
    this.code = code
    this.detail = detail instanceof Error ? detail.message.slice(0, 1_000) : undefined
  }
}
