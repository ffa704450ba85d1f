import { z } from 'zod'
import { hasBlockedPort } from '../net/blocked-port.ts'

const longestSecret = 4_096
const openaiHost = 'api.openai.com'

/** Where a server answers that is asked by `fetch`; kept without a final slash. */
const serverUrl = z
  .string()
  .max(longestSecret)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be a URL that starts with http:// or https://',
    abort: true,
  })
  .refine((text) => !hasBlockedPort(new URL(text)), {
    error: 'names a port that is blocked for HTTP (a "bad port" of the Fetch standard); use another one',
  })
  .transform((text) => text.replace(/\/+$/, ''))

const checkpoint = z.string().max(500).optional()
const file = z.string().max(4_096).optional()

export const imageVariables = {
  IMAGE_PROVIDER: z
    .enum(['local', 'openai', 'comfyui', 'automatic1111', 'onnx'], {
      error: 'must be one of local, openai, comfyui, automatic1111, onnx',
    })
    .default('local'),
  OPENAI_BASE_URL: serverUrl.default('https://api.openai.com/v1'),
  OPENAI_API_KEY: z.string().max(longestSecret).optional(),
  OPENAI_IMAGE_MODEL: z.string().max(200).default('gpt-image-1'),
  COMFYUI_URL: serverUrl.default('http://127.0.0.1:8188'),
  COMFYUI_CHECKPOINT: checkpoint,
  COMFYUI_WORKFLOW_FILE: file,
  COMFYUI_PHOTO_WORKFLOW_FILE: file,
  AUTOMATIC1111_URL: serverUrl.default('http://127.0.0.1:7860'),
  AUTOMATIC1111_CHECKPOINT: checkpoint,
  ONNX_MODELS_DIR: file,
}

type ImageVariables = z.infer<z.ZodObject<typeof imageVariables>>

/** The URLs may hold a user and a password. */
export const imageSecretVariables = ['OPENAI_API_KEY', 'COMFYUI_URL', 'AUTOMATIC1111_URL'] as const

export const contradictionsOfImages = (given: ImageVariables): string[] => {
  if (given.IMAGE_PROVIDER === 'openai' && given.OPENAI_API_KEY === undefined) {
    const isOpenai = new URL(given.OPENAI_BASE_URL).host === openaiHost
    return isOpenai ? ['OPENAI_API_KEY: must be set with IMAGE_PROVIDER=openai'] : []
  }
  if (given.IMAGE_PROVIDER === 'comfyui' && given.COMFYUI_CHECKPOINT === undefined) {
    const { COMFYUI_WORKFLOW_FILE, COMFYUI_PHOTO_WORKFLOW_FILE } = given
    if (COMFYUI_WORKFLOW_FILE !== undefined && COMFYUI_PHOTO_WORKFLOW_FILE !== undefined) return []
    return [
      'COMFYUI_CHECKPOINT: must be set with IMAGE_PROVIDER=comfyui, to the file name of a checkpoint of that ComfyUI, ' +
        'unless COMFYUI_WORKFLOW_FILE and COMFYUI_PHOTO_WORKFLOW_FILE are',
    ]
  }
  return []
}

export const imagesOf = (given: ImageVariables, dataDir: string, resolve: (given: string) => string) => {
  const fileOf = (name: string | undefined) => (name === undefined ? undefined : resolve(name))
  return {
    provider: given.IMAGE_PROVIDER,
    openai: {
      baseUrl: given.OPENAI_BASE_URL,
      apiKey: given.OPENAI_API_KEY,
      model: given.OPENAI_IMAGE_MODEL,
    },
    comfyui: {
      url: given.COMFYUI_URL,
      checkpoint: given.COMFYUI_CHECKPOINT,
      /** Undefined: a workflow of ours. */
      workflowFile: fileOf(given.COMFYUI_WORKFLOW_FILE),
      photoWorkflowFile: fileOf(given.COMFYUI_PHOTO_WORKFLOW_FILE),
    },
    automatic1111: {
      url: given.AUTOMATIC1111_URL,
      /** Undefined: the one that is chosen there. */
      checkpoint: given.AUTOMATIC1111_CHECKPOINT,
    },
    onnx: { modelsDir: resolve(given.ONNX_MODELS_DIR ?? `${dataDir}/models`) },
  }
}
