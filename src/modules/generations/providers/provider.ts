/** The looks that every provider can give a picture, in the order in which they are offered. */
export const styles = [
  'photorealistic',
  'cartoon',
  'anime',
  'pixel-art',
  'oil-painting',
  'watercolor',
  'sketch',
  'noir',
] as const

export type Style = (typeof styles)[number]

/** A side of a requested size lies between these, in pixels. */
export const sidePxLimits = { min: 64, max: 2048 }

/** Without a requested size, a picture made from a photo keeps its aspect and has at most this longest side. */
export const longestSidePx = 1536

/** Without a requested size and without a photo, a picture is a square of this side. */
export const squareSidePx = 1024

export type ImageSize = { width: number; height: number }

export type ImageRequest = {
  prompt: string
  style: Style
  /** uint32; with the same seed the `local` provider gives the same bytes. */
  seed: number
  /** 0 (the original) to 1 (all style). */
  strength: number
  /** Pixels; undefined: see `longestSidePx` and `squareSidePx`. */
  size: ImageSize | undefined
  /** The encoded photo to work on: JPEG, PNG, WebP, GIF (first frame) or AVIF. */
  image?: Buffer
  /**
   * An encoded PNG as large as the upright photo: wholly transparent where it is to change. A hint, for providers that can use
   * it: the rest of the photo is put back afterwards in any case.
   */
  mask?: Buffer
  /** One of the models that the provider offers by name; undefined: its own choice. */
  model?: string
  /** The same for every attempt at one generation, so that a provider that honours it never makes (or bills) two. */
  idempotencyKey: string
}

export type ImageResult = {
  data: Buffer
  contentType: string
  width: number
  height: number
  provider: ImageProviderName
  model?: string
}

export const imageProviderNames = ['local', 'openai', 'comfyui', 'automatic1111', 'onnx'] as const
export type ImageProviderName = (typeof imageProviderNames)[number]

export type GenerateOptions = {
  signal: AbortSignal
  /** `fraction` grows from 0 to 1. */
  progress: (fraction: number, message: string) => void
}

/** Whether a picture was cancelled. One whose worker stops or loses its lease is still wanted, and is asked for again. */
export const isUnwanted = ({ aborted, reason }: AbortSignal): boolean => aborted && reason === 'cancelled'

/**
 * An engine that makes pictures. `generate` rejects with an `ImageProviderError`, or with the signal's reason
 * once the signal aborts; by then the work has stopped. `close` ends what is running and frees everything.
 */
export interface ImageProvider {
  readonly name: ImageProviderName
  /** What a person is told about the engine. */
  readonly label: string
  /** Each picture may cost money, so one whose outcome is unknown is not asked for again without its owner's word. */
  readonly isBilled: boolean
  generate(request: ImageRequest, options: GenerateOptions): Promise<ImageResult>
  close(): Promise<void>
}

/**
 * What may be done about a failed generation:
 * - `permanent`: the same request fails again (bad input, refused content, wrong credentials). Do not repeat it.
 * - `retryable`: nothing was made. Repeat it, not before `retryAfterMs`.
 * - `unknown-outcome`: the request went out and no usable answer came back, so the picture may have been made. Repeat it
 *   only with the same idempotency key. A provider that is billed may bill again unless it honours the key; one that is not
 *   looks for what it has under that key first, where it can.
 */
export type ImageFailureKind = 'permanent' | 'retryable' | 'unknown-outcome'

type ImageFailureOptions = { retryAfterMs?: number; cause?: unknown }

/** A generation that failed. `code` is stable; `message` may be shown to a person and holds no secret. */
export class ImageProviderError extends Error {
  readonly kind: ImageFailureKind
  readonly code: string
  readonly retryAfterMs: number | undefined

  constructor(kind: ImageFailureKind, code: string, message: string, options: ImageFailureOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'ImageProviderError'
    this.kind = kind
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }
}
