import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { badRequest, invalidField } from '../../platform/errors.ts'
import { formParts } from '../../platform/http/form-parts.ts'
import type { Actor } from '../auth/permissions.ts'
import type { UploadKind } from '../files/file-kinds.ts'
import { discardStagedFile, type FilesDeps, receiveFile, type StagedFile } from '../files/files.service.ts'
import { inFormTurn } from '../files/form-turns.ts'
import { tableFormatOf, textTypeOf } from './table-format.ts'

export type UploadForm = { fields: Record<string, unknown>; file: StagedFile | undefined }

/**
 * Reads a multipart form: the part `file` is stored as it streams, other parts are fields.
 * @throws 400 for what is no form, 413, 415 and 422 for a file that cannot be taken, 422 for parts that are not expected, 503
 */
export const readUploadForm = (
  files: FilesDeps,
  actor: Actor,
  request: FastifyRequest,
): Promise<UploadForm> => inFormTurn(actor.userId, () => readParts(files, actor, request))

const readParts = async (files: FilesDeps, actor: Actor, request: FastifyRequest): Promise<UploadForm> => {
  const fields: Record<string, unknown> = {}
  let file: StagedFile | undefined
  try {
    for await (const part of formParts(request)) {
      if (part.type === 'file') {
        if (part.fieldname !== 'file' || file !== undefined) throw unexpectedPart(part.fieldname)
        file = await receivePart(files, actor, part)
      } else {
        if (Object.hasOwn(fields, part.fieldname)) throw unexpectedPart(part.fieldname)
        if (String(part.value).includes('\0')) {
          throw badRequest('The form contains a NUL character.', 'INVALID_CHARACTER')
        }
        fields[part.fieldname] = part.value
      }
    }
    return { fields, file }
  } catch (error) {
    if (file !== undefined) await discardStagedFile(files, file)
    throw error
  }
}

const receivePart = (files: FilesDeps, actor: Actor, part: MultipartFile): Promise<StagedFile> => {
  const table = tableFormatOf(part.filename)
  return receiveFile(files, actor, part.file, {
    kind: table === undefined ? kindOf(part.mimetype) : 'table',
    name: part.filename,
    contentType: table?.contentType ?? textTypeOf(part.filename) ?? part.mimetype,
  })
}

const kindOf = (mimeType: string): UploadKind => {
  if (mimeType.startsWith('image/')) return 'image'
  return mimeType.startsWith('video/') ? 'video' : 'document'
}

const unexpectedPart = (name: string) =>
  invalidField(name, 'unexpected_part', 'This part is not expected, or came twice.')
