import { type InferenceSession, Tensor } from 'onnxruntime-node'
import type { ImageSize } from '../provider.ts'
import type { ModelSettings } from './model-files.ts'
import { RefusedTask } from './model-messages.ts'
import type { Raster } from './raster.ts'

type NumberType = 'float32' | 'float16' | 'uint8'
type Range = readonly [number, number]

/** How a tensor holds a picture: with or without a batch of one before it, channels before or behind the pixels. */
export type TensorForm = {
  type: NumberType
  layout: 'nchw' | 'nhwc'
  hasBatch: boolean
  channels: 1 | 3
  isBgr: boolean
  /** The values of black and of white. */
  range: Range
}

export type ImageInput = { name: string; form: TensorForm; fixed: ImageSize | undefined }

/**
 * What the model's one input takes, by its shape and type as the file states them and by what stands beside it. Without a
 * word on values, whole numbers go from 0 to 255 and others from 0 to 1.
 * @throws RefusedTask for a model that does not take one picture
 */
export function imageInputOf(session: InferenceSession, settings: ModelSettings): ImageInput {
  const [input, ...others] = session.inputMetadata
  if (input === undefined || others.length > 0 || session.outputNames.length !== 1 || !input.isTensor) {
    throw unsupported('needs exactly one input and one output')
  }
  const type = numberType(input.type)
  const hasBatch = input.shape.length === 4
  const [a, b, c] = hasBatch ? input.shape.slice(1) : input.shape
  if (input.shape.length !== (hasBatch ? 4 : 3)) throw unsupported('takes no picture')
  if (hasBatch && typeof input.shape[0] === 'number' && input.shape[0] !== 1) {
    throw unsupported('takes several pictures at a time')
  }
  const layout = settings.layout ?? (!isChannels(a) && isChannels(c) ? 'nhwc' : 'nchw')
  const [stated, height, width] = layout === 'nchw' ? [a, b, c] : [c, a, b]
  if (typeof stated === 'number' && !isChannels(stated)) throw unsupported('takes neither colours nor grey')
  return {
    name: input.name,
    form: {
      type,
      layout,
      hasBatch,
      channels: stated === 1 ? 1 : 3,
      isBgr: settings.channelOrder === 'bgr',
      range: settings.inputRange ?? (type === 'uint8' ? [0, 255] : [0, 1]),
    },
    fixed: typeof height === 'number' && typeof width === 'number' ? { width, height } : undefined,
  }
}

/** How the picture lies in an output tensor. @throws RefusedTask for one that holds none */
export function outputFormOf(output: Tensor, input: TensorForm, settings: ModelSettings): TensorForm {
  const type = numberType(output.type)
  const hasBatch = output.dims.length === 4
  const [a, , c] = hasBatch ? output.dims.slice(1) : output.dims
  if (output.dims.length !== (hasBatch ? 4 : 3)) throw unsupported('makes no picture')
  const layout = isChannels(a) && (input.layout === 'nchw' || !isChannels(c)) ? 'nchw' : 'nhwc'
  const channels = layout === 'nchw' ? a : c
  if (channels !== 1 && channels !== 3) throw unsupported('makes neither colours nor grey')
  const usual: Range = type === 'uint8' ? [0, 255] : input.type === 'uint8' ? [0, 1] : input.range
  return { ...input, type, layout, hasBatch, channels, range: settings.outputRange ?? usual }
}

/** The size of the picture in an output tensor, in pixels. */
export function sizeOf({ dims }: Tensor, { layout, hasBatch }: TensorForm): ImageSize {
  const [a = 0, b = 0, c = 0] = hasBatch ? dims.slice(1) : dims
  return layout === 'nchw' ? { width: c, height: b } : { width: b, height: a }
}

/** A part of a picture as a tensor. What lies beyond its right and lower edge repeats the edge. */
export function toTensor(
  raster: Raster,
  left: number,
  top: number,
  size: ImageSize,
  form: TensorForm,
): Tensor {
  const { width, height } = size
  const { channels, layout, range, isBgr } = form
  const values = newValues(form.type, width * height * channels)
  const scale = (range[1] - range[0]) / 255
  const [pixelStep, channelStep] = layout === 'nchw' ? [1, width * height] : [channels, 1]
  for (let y = 0; y < height; y++) {
    const row = Math.min(top + y, raster.height - 1) * raster.width
    for (let x = 0; x < width; x++) {
      const from = (row + Math.min(left + x, raster.width - 1)) * 3
      const to = (y * width + x) * pixelStep
      const [r = 0, g = 0, b = 0] = [raster.rgb[from], raster.rgb[from + 1], raster.rgb[from + 2]]
      if (channels === 1) values[to] = range[0] + (0.299 * r + 0.587 * g + 0.114 * b) * scale
      else {
        values[to] = range[0] + (isBgr ? b : r) * scale
        values[to + channelStep] = range[0] + g * scale
        values[to + 2 * channelStep] = range[0] + (isBgr ? r : b) * scale
      }
    }
  }
  const picture = layout === 'nchw' ? [channels, height, width] : [height, width, channels]
  return newTensor(form.type, values, form.hasBatch ? [1, ...picture] : picture)
}

/** Reads the bytes of one pixel's colour, 0 to 255 and not rounded, into `rgb`. */
export type PixelReader = (pixel: number, rgb: Float32Array) => void

export function pixelReader(output: Tensor, form: TensorForm): PixelReader {
  const values = numbersOf(output)
  const { width, height } = sizeOf(output, form)
  const { channels, layout, range, isBgr } = form
  const scale = 255 / (range[1] - range[0])
  const [pixelStep, channelStep] = layout === 'nchw' ? [1, width * height] : [channels, 1]
  return (pixel, rgb) => {
    for (let channel = 0; channel < 3; channel++) {
      const wanted = channels === 1 ? 0 : isBgr ? 2 - channel : channel
      const value = values[pixel * pixelStep + wanted * channelStep] ?? 0
      rgb[channel] = (value - range[0]) * scale
    }
  }
}

const isChannels = (dimension: number | string | undefined) => dimension === 1 || dimension === 3

function numberType(type: string): NumberType {
  if (type === 'float32' || type === 'float16' || type === 'uint8') return type
  throw unsupported(`uses numbers of the type ${type}`)
}

/** Bytes round and clamp by themselves. */
function newValues(type: NumberType, length: number): Float32Array | Float16Array | Uint8ClampedArray {
  if (type === 'float32') return new Float32Array(length)
  return type === 'float16' ? new Float16Array(length) : new Uint8ClampedArray(length)
}

function newTensor(type: NumberType, values: ReturnType<typeof newValues>, dims: number[]): Tensor {
  const { buffer } = values
  if (type === 'float32') return new Tensor(type, new Float32Array(buffer), dims)
  if (type === 'uint8') return new Tensor(type, new Uint8Array(buffer), dims)
  const bits = new Uint16Array(buffer)
  // The library makes a Float16Array of these, whose length its native part reads as 0 (onnxruntime-node 1.30).
  return Object.defineProperty(new Tensor(type, bits, dims), 'data', { value: bits })
}

/** Numbers of 16 bits arrive as a Float16Array, whatever the library's types say. */
function numbersOf({ data }: Tensor): ArrayLike<number> {
  if (data instanceof Float32Array || data instanceof Float16Array || data instanceof Uint8Array) return data
  throw unsupported('makes no numbers that can be read')
}

export const unsupported = (why: string) =>
  new RefusedTask('MODEL_UNSUPPORTED', `This model cannot be used for pictures: it ${why}.`)
