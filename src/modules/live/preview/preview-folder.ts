import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

const rootOf = (dataDir: string) => path.join(dataDir, 'live', 'preview')

/** Where the preview of a stream is while it is live. */
export const previewFolder = (dataDir: string, streamId: string): string => {
  if (!/^[0-9a-f-]{36}$/.test(streamId)) throw new Error('Not the id of a stream')
  return path.join(rootOf(dataDir), streamId)
}

const abandonedAfterMs = 60_000

/** Removes what processes left behind that were killed. The folder of a preview that runs changes every few seconds. */
export const removeLeftoverPreviews = async (dataDir: string): Promise<void> => {
  const names = await readdir(rootOf(dataDir)).catch(() => [])
  for (const name of names) {
    const folder = path.join(rootOf(dataDir), name)
    const changedAtMs = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    if (Date.now() - changedAtMs > abandonedAfterMs) await rm(folder, { recursive: true, force: true })
  }
}

export const playlistName = 'playlist.m3u8'
export const thumbnailName = 'thumbnail.jpg'
/** Says why there is no preview. It is never served as a file. */
export const failureName = 'failure.txt'

const fileTypes: Record<string, string> = {
  m3u8: 'application/vnd.apple.mpegurl',
  jpg: 'image/jpeg',
  mp4: 'video/mp4',
  m4s: 'video/mp4',
}
const filePattern = /^(?:playlist\.m3u8|thumbnail\.jpg|init-\d{1,15}\.mp4|segment-\d{1,15}\.m4s)$/

/** The content type of a file that may be served from the folder of a preview; undefined for any other name. */
export const previewFileType = (name: string): string | undefined =>
  filePattern.test(name) ? fileTypes[name.slice(name.lastIndexOf('.') + 1)] : undefined
