import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { badRequest, invalidField } from '../../platform/errors.ts'
import { formParts } from '../../platform/http/form-parts.ts'
import { inspectImage } from '../../platform/images/inspect-image.ts'
import type { Actor } from '../auth/permissions.ts'
import {
  checkStagedFile,
  discardStagedFile,
  type FilesDeps,
  receiveFile,
  type StagedFile,
} from '../files/files.service.ts'
import { inFormTurn } from '../files/form-turns.ts'
import { createGenerationBody } from './generations.schema.ts'

export type GenerationForm = { fields: Record<string, unknown>; photo: StagedFile | undefined }

const numericFields = new Set(['seed', 'strength'])

/**
 * Reads a multipart form: the part `image` is stored as it streams, and decoded when the fields are fine; other parts are
 * fields as they stand in JSON. A photo whose fields are refused is not kept.
 * @throws 400 for what is no form, 413, 415 and 422 for an `image` that cannot be used, 422 for parts that are not expected, 503
 */
export const readGenerationForm = (
  files: FilesDeps,
  actor: Actor,
  request: FastifyRequest,
): Promise<GenerationForm> => inFormTurn(actor.userId, () => readParts(files, actor, request))

const readParts = async (
  files: FilesDeps,
  actor: Actor,
  request: FastifyRequest,
): Promise<GenerationForm> => {
  const fields: Record<string, unknown> = {}
  let photo: StagedFile | undefined
  try {
    for await (const part of formParts(request)) {
      if (part.type === 'file') {
        if (part.fieldname !== 'image' || photo !== undefined) throw unexpectedPart(part.fieldname)
        photo = await receivePhoto(files, actor, part)
      } else {
        if (Object.hasOwn(fields, part.fieldname)) throw unexpectedPart(part.fieldname)
        fields[part.fieldname] = readField(part.fieldname, part.value)
      }
    }
    if (photo !== undefined && fields.fileId !== undefined) {
      throw invalidField('fileId', 'contradiction', 'Give either a photo or the id of a file.')
    }
    if (createGenerationBody.safeParse(fields).success) {
      if (photo !== undefined) await checkStagedFile(files, photo, (data) => inspectImage(data, 'image'))
      return { fields, photo }
    }
  } catch (error) {
    if (photo !== undefined) await discardStagedFile(files, photo)
    throw error
  }
  if (photo !== undefined) await discardStagedFile(files, photo)
  return { fields, photo: undefined }
}

const receivePhoto = (files: FilesDeps, actor: Actor, part: MultipartFile) =>
  receiveFile(files, actor, part.file, {
    kind: 'image',
    name: part.filename,
    contentType: part.mimetype,
  })

const unexpectedPart = (name: string) =>
  invalidField(name, 'unexpected_part', 'This part is not expected, or came twice.')

/** A number in a form is text. What is none stays as it is, for the schema to refuse. */
const readField = (name: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value
  if (value.includes('\0')) throw badRequest('The form contains a NUL character.', 'INVALID_CHARACTER')
  if (!numericFields.has(name) || value.trim() === '') return value
  const number = Number(value)
  return Number.isNaN(number) ? value : number
}
