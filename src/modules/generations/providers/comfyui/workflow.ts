import fs from 'node:fs'
import { z } from 'zod'
import { StartFault } from '../../../../platform/process/start-fault.ts'

/** A workflow in API format: nodes by id, each with its class and what goes into it (docs.comfy.org, "Workflow JSON"). */
const workflowShape = z
  .record(z.string(), z.looseObject({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()) }))
  .refine((nodes) => Object.keys(nodes).length > 0)
export type Workflow = z.infer<typeof workflowShape>

/** What stands for `{{prompt}}` and so on. `image` is the uploaded photo's name, of a workflow for photos. */
export type WorkflowValues = {
  prompt: string
  seed: number
  width: number
  height: number
  strength: number
  image?: string
}

const maxWorkflowBytes = 4_000_000
const placeholder = /\{\{(\w+)\}\}/g

/**
 * Reads an operator's workflow. `needed` are placeholders without which it could not do what it is for.
 * @throws StartFault for a file that cannot be read or is no such workflow
 */
export function readWorkflow(file: string, variable: string, needed: (keyof WorkflowValues)[]): Workflow {
  const fault = (why: string) => new StartFault(`${variable}: ${file} ${why}`)
  let text: string
  try {
    if (fs.statSync(file).size > maxWorkflowBytes) throw fault('is larger than 4 MB')
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof StartFault) throw error
    throw fault('cannot be read')
  }
  const parsed = workflowShape.safeParse(parse(text))
  if (!parsed.success) throw fault('is no workflow in API format (in ComfyUI: Workflow, Export (API))')
  const used = new Set([...text.matchAll(placeholder)].map(([, name]) => name))
  const missing = needed.filter((name) => !used.has(name))
  if (missing.length > 0) throw fault(`does not contain ${missing.map((name) => `{{${name}}}`).join(', ')}`)
  return parsed.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The workflow with its placeholders filled: a text that is nothing else becomes the value itself, a number for `{{seed}}`. */
export function fillWorkflow(workflow: Workflow, values: WorkflowValues): Workflow {
  const known = new Map<string, unknown>(Object.entries(values))
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return fillText(value, known)
    if (Array.isArray(value)) return value.map(fill)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]))
  }
  return Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => [
      id,
      {
        ...node,
        inputs: Object.fromEntries(Object.entries(node.inputs).map(([name, v]) => [name, fill(v)])),
      },
    ]),
  )
}

/** One pass, so that a prompt that contains `{{seed}}` stays as its writer wrote it. */
function fillText(text: string, known: Map<string, unknown>): unknown {
  const [whole, name = ''] = /^\{\{(\w+)\}\}$/.exec(text) ?? []
  if (whole !== undefined && known.has(name)) return known.get(name)
  return text.replaceAll(placeholder, (written, inner: string) =>
    known.has(inner) ? String(known.get(inner)) : written,
  )
}

/**
 * From a prompt, or from a photo and a prompt, with one checkpoint. Pictures are previews: ComfyUI removes them when it starts
 * anew, while saved ones would stay for ever.
 */
export function simpleWorkflow(checkpoint: string, from: 'prompt' | 'photo'): Workflow {
  const latent: Workflow =
    from === 'prompt'
      ? {
          latent: {
            class_type: 'EmptyLatentImage',
            inputs: { width: '{{width}}', height: '{{height}}', batch_size: 1 },
          },
        }
      : {
          photo: { class_type: 'LoadImage', inputs: { image: '{{image}}' } },
          fitted: {
            class_type: 'ImageScale',
            inputs: {
              image: ['photo', 0],
              upscale_method: 'lanczos',
              width: '{{width}}',
              height: '{{height}}',
              crop: 'center',
            },
          },
          latent: { class_type: 'VAEEncode', inputs: { pixels: ['fitted', 0], vae: ['model', 2] } },
        }
  return {
    model: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpoint } },
    wanted: { class_type: 'CLIPTextEncode', inputs: { clip: ['model', 1], text: '{{prompt}}' } },
    unwanted: {
      class_type: 'CLIPTextEncode',
      inputs: { clip: ['model', 1], text: 'blurry, watermark, text' },
    },
    ...latent,
    sampled: {
      class_type: 'KSampler',
      inputs: {
        model: ['model', 0],
        positive: ['wanted', 0],
        negative: ['unwanted', 0],
        latent_image: ['latent', 0],
        seed: '{{seed}}',
        steps: 25,
        cfg: 7,
        sampler_name: 'dpmpp_2m',
        scheduler: 'karras',
        denoise: from === 'prompt' ? 1 : '{{strength}}',
      },
    },
    decoded: { class_type: 'VAEDecode', inputs: { samples: ['sampled', 0], vae: ['model', 2] } },
    picture: { class_type: 'PreviewImage', inputs: { images: ['decoded', 0] } },
  }
}
