import { randomBytes } from 'node:crypto'

const longestSlug = 80
const uuidForm = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const numberedTries = 8
const randomTries = 2
const randomSuffixBytes = 5

/**
 * What stands for a title in addresses: letters of any script and digits, in lower case, with single hyphens between. Latin
 * letters lose their accents. Never the form of an id, for an address takes either.
 */
export const slugOf = (title: string): string => {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/(\p{Script=Latin})\p{Mn}+/gu, '$1')
    .normalize('NFC')
    .toLowerCase()
  const joined = plain.replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
  const slug = trimmed([...trimmed(joined)].slice(0, longestSlug).join(''))
  if (slug === '') return 'post'
  return uuidForm.test(slug) ? `post-${slug}` : slug
}

const trimmed = (text: string) => text.replaceAll(/^-+|-+$/g, '')

/** A slug and what to take in its place, one after the other, while it belongs to another post. */
export const slugCandidates = (slug: string): string[] => {
  const suffixes = [
    ...Array.from({ length: numberedTries }, (_, at) => String(at + 2)),
    ...Array.from({ length: randomTries }, () => randomBytes(randomSuffixBytes).toString('hex')),
  ]
  const withSuffix = (suffix: string) => {
    const room = longestSlug - suffix.length - 1
    return `${trimmed([...slug].slice(0, room).join(''))}-${suffix}`
  }
  return [slug, ...suffixes.map(withSuffix)]
}
