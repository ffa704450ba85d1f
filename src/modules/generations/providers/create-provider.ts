import { SpanKind } from '@opentelemetry/api'
import { inSpan } from '../../../platform/observability/tracing.ts'
import { createLocalProvider } from './local/local-provider.ts'
import { createOpenAiProvider } from './openai/openai-provider.ts'
import type { ImageProvider, ImageProviderName } from './provider.ts'

export type ImageProviderOptions = {
  provider: ImageProviderName
  openai: { baseUrl: string; apiKey: string | undefined; model: string }
}

/** The configured engine. The caller closes it. */
export const createImageProvider = ({ provider, openai }: ImageProviderOptions): ImageProvider =>
  traced(provider === 'local' ? createLocalProvider() : createOpenAiProvider(openai))

/** Its name is all that a trace tells: prompts, photos and addresses stay here, and a provider is told of no trace. */
const traced = (provider: ImageProvider): ImageProvider => {
  const options = {
    kind: provider.name === 'local' ? SpanKind.INTERNAL : SpanKind.CLIENT,
    attributes: { 'backlot.images.provider': provider.name },
  }
  return {
    ...provider,
    generate: (...given) => inSpan('generate image', options, () => provider.generate(...given)),
  }
}
