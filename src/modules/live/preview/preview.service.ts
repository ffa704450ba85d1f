import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { failureName, playlistName, previewFolder, thumbnailName } from './preview-folder.ts'
import { signPreview } from './preview-links.ts'

export type PreviewDeps = {
  dataDir: string
  /** Signs links. */
  previewKey: Uint8Array
  /** Whether there is an ffmpeg, without which nobody makes previews. */
  hasFfmpeg: boolean
}

export type PreviewView = {
  available: boolean
  playlistUrl: string | null
  thumbnailUrl: string | null
  /** Why there is none. */
  message?: string
}

/** A link is good for as long as a player may need it before it asks for another. */
const goodForSeconds = 60 * 60

/** What there is to see of a project now, with links for whoever gets them that are good for an hour. */
export const describePreview = async (
  { dataDir, previewKey, hasFfmpeg }: PreviewDeps,
  project: { preview: boolean; liveStreamId: string | null },
  origin: string,
): Promise<PreviewView> => {
  const { liveStreamId: streamId } = project
  if (streamId === null) return none('The project is not live.')
  if (!project.preview) return none('The preview is switched off for this project.')
  if (!hasFfmpeg) return none('There is no ffmpeg on this server, so there are no previews.')
  const folder = previewFolder(dataDir, streamId)
  if (!(await isThere(path.join(folder, playlistName)))) {
    return none((await failureIn(folder)) ?? 'There is nothing to see yet. Ask again in a few seconds.')
  }
  const expires = Math.ceil(Date.now() / 1_000) + goodForSeconds
  const link = (file: string) =>
    `${origin}/v1/live/preview/${streamId}/${file}?${signPreview(previewKey, { streamId, file }, expires)}`
  return {
    available: true,
    playlistUrl: link(playlistName),
    thumbnailUrl: (await isThere(path.join(folder, thumbnailName))) ? link(thumbnailName) : null,
  }
}

const none = (message: string): PreviewView => ({
  available: false,
  playlistUrl: null,
  thumbnailUrl: null,
  message,
})

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const failureIn = (folder: string): Promise<string | undefined> =>
  readFile(path.join(folder, failureName), 'utf8').catch(() => undefined)
