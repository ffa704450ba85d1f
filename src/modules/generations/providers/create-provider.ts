import { SpanKind } from '@opentelemetry/api'
import { inSpan } from '../../../platform/observability/tracing.ts'
import {
  type Automatic1111ProviderOptions,
  createAutomatic1111Provider,
} from './automatic1111/automatic1111-provider.ts'
import { type ComfyUiProviderOptions, createComfyUiProvider } from './comfyui/comfyui-provider.ts'
import { createLocalProvider } from './local/local-provider.ts'
import { createOnnxProvider, type OnnxProviderOptions } from './onnx/onnx-provider.ts'
import { createOpenAiProvider, type OpenAiProviderOptions } from './openai/openai-provider.ts'
import type { ImageProvider, ImageProviderName } from './provider.ts'

export type ImageProviderOptions = {
  provider: ImageProviderName
  openai: OpenAiProviderOptions
  comfyui: ComfyUiProviderOptions
  automatic1111: Automatic1111ProviderOptions
  onnx: OnnxProviderOptions
}

/**
 * The configured engine. The caller closes it.
 * @throws StartFault for files of its configuration that cannot be used
 */
export const createImageProvider = (options: ImageProviderOptions): ImageProvider =>
  traced(openProvider(options))

const openProvider = ({ provider, ...of }: ImageProviderOptions): ImageProvider => {
  switch (provider) {
    case 'local':
      return createLocalProvider()
    case 'openai':
      return createOpenAiProvider(of.openai)
    case 'comfyui':
      return createComfyUiProvider(of.comfyui)
    case 'automatic1111':
      return createAutomatic1111Provider(of.automatic1111)
    case 'onnx':
      return createOnnxProvider(of.onnx)
  }
}

/** Its name is all that a trace tells: prompts, photos and addresses stay here, and a provider is told of no trace. */
const traced = (provider: ImageProvider): ImageProvider => {
  const options = {
    kind: ['local', 'onnx'].includes(provider.name) ? SpanKind.INTERNAL : SpanKind.CLIENT,
    attributes: { 'backlot.images.provider': provider.name },
  }
  return {
    ...provider,
    generate: (...given) => inSpan('generate image', options, () => provider.generate(...given)),
  }
}
