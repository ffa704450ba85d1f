import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import sharp from 'sharp'
import { AppError, badRequest, invalidField, unsupportedMediaType } from '../../../platform/errors.ts'
import { formParts } from '../../../platform/http/form-parts.ts'
import { type ImageFacts, inspectImage } from '../../../platform/images/inspect-image.ts'
import type { Actor } from '../../auth/permissions.ts'
import {
  checkStagedFile,
  discardStagedFile,
  type FilesDeps,
  receiveFile,
  type StagedFile,
} from '../../files/files.service.ts'
import { inFormTurn } from '../../files/form-turns.ts'
import { maxMaskedPixels } from '../finish-picture.ts'
import { type ImageSize, sidePxLimits } from '../providers/provider.ts'
import { editImagesBody, parseSize } from './openai-api.schema.ts'

export type EditForm = {
  fields: Record<string, unknown>
  photo: StagedFile | undefined
  mask: StagedFile | undefined
  size: ImageSize | undefined
}

const numericFields = new Set(['n', 'output_compression', 'partial_images'])
/** What OpenAI takes. */
const maxMaskBytes = 4 * 1024 * 1024
const photoFormats = ['jpeg', 'png', 'webp']

/**
 * Reads the form of an edit: `image`, or `image[]` with one part, and `mask` are stored as they stream, and looked at when the
 * fields are fine. Files of a form that is refused are not kept.
 * @throws 400 for what is no form, 413, 415 and 422 for what cannot be used, 503
 */
export const readEditForm = (files: FilesDeps, actor: Actor, request: FastifyRequest): Promise<EditForm> => {
  if (!request.isMultipart()) throw unsupportedMediaType('Send the picture as multipart/form-data.')
  return inFormTurn(actor.userId, () => readParts(files, actor, request))
}

const readParts = async (files: FilesDeps, actor: Actor, request: FastifyRequest): Promise<EditForm> => {
  const fields: Record<string, unknown> = {}
  const staged = new Map<string, StagedFile>()
  try {
    for await (const part of formParts(request)) {
      if (part.type === 'file') {
        const name = part.fieldname.replace(/\[\]$/, '')
        if (name === 'image' && staged.has(name)) throw onePicture()
        if (!['image', 'mask'].includes(name) || staged.has(name)) throw unexpectedPart(name)
        staged.set(name, await receivePicture(files, actor, name, part))
      } else {
        if (Object.hasOwn(fields, part.fieldname)) throw unexpectedPart(part.fieldname)
        fields[part.fieldname] = readField(part.fieldname, part.value)
      }
    }
    const photo = staged.get('image')
    const mask = staged.get('mask')
    const { success, data } = editImagesBody.safeParse(fields)
    if (success) {
      if (photo === undefined) throw invalidField('image', 'missing', 'Is missing.')
      return { fields, photo, mask, size: await checkPictures(files, { photo, mask }, data) }
    }
  } catch (error) {
    await discardAll(files, staged)
    throw error
  }
  await discardAll(files, staged)
  return { fields, photo: undefined, mask: undefined, size: undefined }
}

const discardAll = async (files: FilesDeps, staged: Map<string, StagedFile>) => {
  for (const file of staged.values()) await discardStagedFile(files, file)
}

const receivePicture = (files: FilesDeps, actor: Actor, name: string, part: MultipartFile) =>
  receiveFile(files, actor, part.file, {
    kind: 'image',
    name: part.filename,
    contentType: part.mimetype,
  }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.status === 422)) throw error
    throw invalidField(name, error.code, error.message)
  })

type Wanted = Pick<ReturnType<typeof editImagesBody.parse>, 'size' | 'output_format'>

/** @returns the size to ask the provider for; with a mask it is the picture's own */
const checkPictures = async (
  files: FilesDeps,
  { photo, mask }: { photo: StagedFile; mask: StagedFile | undefined },
  wanted: Wanted,
): Promise<ImageSize | undefined> => {
  const facts = await inspectStaged(files, photo, 'image')
  if (!photoFormats.includes(facts.format)) {
    throw invalidField('image', 'IMAGE_TYPE_UNSUPPORTED', 'Send a PNG, WebP or JPEG image.')
  }
  const size = parseSize(wanted.size)
  if (mask === undefined) return size
  const { width, height } = facts
  if (width * height > maxMaskedPixels) {
    throw invalidField('image', 'IMAGE_TOO_LARGE', `With a mask at most ${maxMaskedPixels} pixels are taken.`)
  }
  if (size !== undefined && (size.width !== width || size.height !== height)) {
    throw invalidField('size', 'contradiction', `With a mask the picture keeps its size: ${width}x${height}.`)
  }
  if (wanted.output_format === 'jpeg') {
    throw invalidField(
      'output_format',
      'contradiction',
      'JPEG changes every pixel: with a mask take PNG or WebP.',
    )
  }
  await checkMask(files, mask, facts)
  return [width, height].every((px) => px >= sidePxLimits.min && px <= sidePxLimits.max)
    ? { width, height }
    : undefined
}

const inspectStaged = async (files: FilesDeps, file: StagedFile, field: string): Promise<ImageFacts> => {
  let facts: ImageFacts | undefined
  await checkStagedFile(files, file, async (data) => {
    facts = await inspectImage(data, field)
  })
  if (facts === undefined) throw invalidField(field, 'IMAGE_UNREADABLE', 'This is not an image.')
  return facts
}

const checkMask = async (files: FilesDeps, mask: StagedFile, photo: ImageSize): Promise<void> => {
  const refuse = (code: string, message: string) => invalidField('mask', code, message)
  if (mask.sizeBytes > maxMaskBytes) throw refuse('too_large', 'A mask may have 4 MB at most.')
  const { format, width, height } = await inspectStaged(files, mask, 'mask')
  if (format !== 'png') throw refuse('IMAGE_TYPE_UNSUPPORTED', 'A mask is a PNG.')
  if (width !== photo.width || height !== photo.height) {
    const sizes = `${width}x${height}, the picture ${photo.width}x${photo.height}`
    throw refuse('size_mismatch', `The mask must be as large as the picture: it is ${sizes}.`)
  }
  await checkStagedFile(files, mask, async (data) => {
    if (!(await hasHole(data))) {
      throw refuse('nothing_to_edit', 'The mask has no transparent pixel, so nothing would be edited.')
    }
  })
}

const hasHole = async (mask: Buffer): Promise<boolean> => {
  const picture = sharp(mask, { limitInputPixels: maxMaskedPixels })
  if (!(await picture.metadata()).hasAlpha) return false
  const alpha = await picture.extractChannel('alpha').raw().toBuffer()
  return alpha.includes(0)
}

const onePicture = () => invalidField('image', 'too_many', 'One picture can be edited at a time.')
const unexpectedPart = (name: string) =>
  invalidField(name, 'unexpected_part', 'This part is not expected, or came twice.')

/** Numbers and truth values in a form are texts. What is none stays as it is, for the schema to refuse. */
const readField = (name: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value
  if (value.includes('\0')) throw badRequest('The form contains a NUL character.', 'INVALID_CHARACTER')
  if (name === 'stream') return value === 'false' ? false : value
  return numericFields.has(name) && /^\d{1,9}$/.test(value) ? Number(value) : value
}
