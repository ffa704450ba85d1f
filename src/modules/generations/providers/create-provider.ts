import { createLocalProvider } from './local/local-provider.ts'
import { createOpenAiProvider } from './openai/openai-provider.ts'
import type { ImageProvider, ImageProviderName } from './provider.ts'

export type ImageProviderOptions = {
  provider: ImageProviderName
  openai: { baseUrl: string; apiKey: string | undefined; model: string }
}

/** The configured engine. The caller closes it. */
export const createImageProvider = ({ provider, openai }: ImageProviderOptions): ImageProvider =>
  provider === 'local' ? createLocalProvider() : createOpenAiProvider(openai)
