import type { FeedEntry } from '../relay/feed-entry.ts'

/** What ffmpeg has to be told before it has seen anything. */
export type PreviewMedia = { hasVideo: boolean; isHevc: boolean }

/** So much without a key frame would all be one segment. */
const mostBytesPerGroup = 128 * 1_024 ** 2
const audioOnlyAfterMs = 1_000

/** Learns what a feed holds, and notices when that changes. */
export const watchMedia = () => {
  const headers = new Map<string, Buffer>()
  let known: PreviewMedia | undefined
  let firstAudioAt: number | undefined
  let groupBytes = 0

  const isNewHeader = (name: string, payload: Buffer): boolean => {
    const isSame = headers.get(name)?.equals(payload) === true
    headers.set(name, Buffer.from(payload))
    return known !== undefined && !isSame
  }

  const isChangedBy = ({ message: { timestamp, payload }, media }: FeedEntry): boolean => {
    if (media.kind === 'metadata') return false
    if (media.isSequenceHeader) return isNewHeader(`${media.kind} ${media.track ?? 0}`, payload)
    if (media.kind === 'video') {
      groupBytes = media.isKeyFrame ? 0 : groupBytes + payload.length
      const isNew = known?.hasVideo === false
      known ??= { hasVideo: true, isHevc: media.codec === 'hevc' }
      return isNew
    }
    firstAudioAt ??= timestamp
    if (((timestamp - firstAudioAt) | 0) >= audioOnlyAfterMs) known ??= { hasVideo: false, isHevc: false }
    return false
  }

  return {
    /** What tracks there are; undefined until something is sure, which takes a second where there are no pictures. */
    known: () => known,
    /** `changed`: what is known is so no more. `endless`: there is no key frame at which a segment could end. */
    follow: (batch: FeedEntry[]): 'changed' | 'endless' | undefined => {
      const changes = batch.map(isChangedBy)
      if (groupBytes > mostBytesPerGroup) return 'endless'
      return changes.includes(true) ? 'changed' : undefined
    },
  }
}
