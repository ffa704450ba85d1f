// Writes ONNX models of one or two nodes by hand. Source: github.com/onnx/onnx, onnx.proto; protobuf.dev, "Encoding".

export type OnnxElement = 'float32' | 'float16' | 'uint8'

const elementTypes = { float32: 1, uint8: 2, float16: 10 }

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
const numberField = (field: number, value: number) => Buffer.from([...varint(field << 3), ...varint(value)])
const bytesField = (field: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes])
const textField = (field: number, text: string) => bytesField(field, Buffer.from(text))

/** A dimension that is a text is unknown until the model runs. */
const dimension = (size: number | string) =>
  typeof size === 'number' ? numberField(1, size) : textField(2, size)

const valueInfo = (name: string, element: OnnxElement, dims: (number | string)[]) => {
  const shape = Buffer.concat(dims.map((size) => bytesField(1, dimension(size))))
  const tensor = Buffer.concat([numberField(1, elementTypes[element]), bytesField(2, shape)])
  return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, tensor))])
}

const scalar = (name: string, element: 'float32' | 'float16', value: number) => {
  const raw = Buffer.from(
    element === 'float32' ? new Float32Array([value]).buffer : new Float16Array([value]).buffer,
  )
  return Buffer.concat([numberField(2, elementTypes[element]), textField(8, name), bytesField(9, raw)])
}

const node = (operator: string, inputs: string[], output: string, attributes: Buffer[] = []) =>
  Buffer.concat([
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(4, operator),
    ...attributes.map((attribute) => bytesField(5, attribute)),
  ])

const whole = (name: string, value: number) =>
  Buffer.concat([textField(1, name), numberField(3, value), numberField(20, 2)])

type ModelOptions = {
  element?: OnnxElement
  /** Of the input; a text is a size that is unknown until the model runs. */
  dims?: (number | string)[]
  /** The model makes `minuend - x`, except with bytes: 255 - x. */
  minuend?: number
  /** How many times larger the picture becomes, by repeating pixels (NCHW only). */
  enlarge?: number
  /** Another input that nothing fills. */
  secondInput?: boolean
}

/** A model that makes the negative of a picture: `1 - x`. */
export const invertingModel = ({
  element = 'float32',
  dims = [1, 3, 'height', 'width'],
  minuend = 1,
  enlarge = 1,
  secondInput = false,
}: ModelOptions = {}): Buffer => {
  const made = enlarge === 1 ? 'made' : 'negative'
  // Subtraction of bytes is not to be had.
  const nodes =
    element === 'uint8' ? [node('BitwiseNot', ['picture'], made)] : [node('Sub', ['white', 'picture'], made)]
  const scales = [1, 1, enlarge, enlarge].map((n) => new Float32Array([n]))
  const scalesTensor = Buffer.concat([
    numberField(1, 4),
    numberField(2, elementTypes.float32),
    textField(8, 'scales'),
    bytesField(9, Buffer.concat(scales.map(({ buffer }) => Buffer.from(buffer)))),
  ])
  if (enlarge !== 1) {
    const mode = Buffer.concat([textField(1, 'mode'), textField(4, 'nearest'), numberField(20, 3)])
    nodes.push(node('Resize', ['negative', '', 'scales'], 'made', [mode]))
  }
  const outputDims = dims.map((size, at) => (at < 2 || enlarge === 1 ? size : `made ${at}`))
  const graph = Buffer.concat([
    ...nodes.map((bytes) => bytesField(1, bytes)),
    textField(2, 'negative'),
    ...(element === 'uint8' ? [] : [bytesField(5, scalar('white', element, minuend))]),
    ...(enlarge === 1 ? [] : [bytesField(5, scalesTensor)]),
    bytesField(11, valueInfo('picture', element, dims)),
    ...(secondInput ? [bytesField(11, valueInfo('other', element, dims))] : []),
    bytesField(12, valueInfo('made', element, outputDims)),
  ])
  return inModel(graph)
}

/** A model that keeps a processor busy for about as long as `times` additions of a picture of that side take. */
export const slowModel = (times: number): Buffer => {
  const names = Array.from({ length: times }, (_, n) => `sum ${n}`)
  const nodes = names.map((name, n) =>
    node('Softmax', [n === 0 ? 'picture' : (names[n - 1] ?? '')], n === times - 1 ? 'made' : name, [
      whole('axis', 3),
    ]),
  )
  const dims = [1, 3, 1024, 1024]
  return inModel(
    Buffer.concat([
      ...nodes.map((bytes) => bytesField(1, bytes)),
      textField(2, 'slow'),
      bytesField(11, valueInfo('picture', 'float32', dims)),
      bytesField(12, valueInfo('made', 'float32', dims)),
    ]),
  )
}

const inModel = (graph: Buffer) =>
  Buffer.concat([
    numberField(1, 8),
    bytesField(7, graph),
    bytesField(8, Buffer.concat([textField(1, ''), numberField(2, 18)])),
  ])
