const mebibyte = 1_024 ** 2

const pictures = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'] as const

/** What a client may upload as what. SVG and HTML are in no list: both can carry scripts. */
export const uploadKinds = {
  'profile-image': { maxBytes: 5 * mebibyte, types: pictures },
  image: { maxBytes: 25 * mebibyte, types: pictures },
  document: {
    maxBytes: 25 * mebibyte,
    types: [
      'application/pdf',
      'text/plain',
      'text/csv',
      'text/markdown',
      'application/json',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    ],
  },
  table: {
    maxBytes: 500 * mebibyte,
    types: [
      'text/csv',
      'text/tab-separated-values',
      'application/json',
      'application/x-ndjson',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'application/vnd.apache.parquet',
    ],
  },
  video: { maxBytes: 500 * mebibyte, types: ['video/mp4', 'video/webm', 'video/quicktime'] },
} as const satisfies Record<string, { maxBytes: number; types: readonly string[] }>

export type UploadKind = keyof typeof uploadKinds
export const uploadKindNames = [
  'profile-image',
  'image',
  'document',
  'table',
  'video',
] as const satisfies UploadKind[]

/** `generated`, `export`, `recording` and `report` files are results of jobs; no client uploads one. */
export const fileKinds = [...uploadKindNames, 'generated', 'export', 'recording', 'report'] as const
export type FileKind = (typeof fileKinds)[number]

export const isAllowedType = (kind: UploadKind, contentType: string): boolean => {
  const allowed: readonly string[] = uploadKinds[kind].types
  return allowed.includes(contentType)
}

export const isPicture = (contentType: string): boolean => pictures.some((type) => type === contentType)
