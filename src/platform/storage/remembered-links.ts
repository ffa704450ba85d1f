import { LRUCache } from 'lru-cache'
import type { DownloadGrant } from './storage.ts'

/** Lists show the same links again and again, two for each picture. */
const mostRemembered = 10_000

/** Signs each grant once. Two grants are the same when all that they grant is. */
export const rememberLinks = (
  sign: (grant: DownloadGrant) => string | Promise<string>,
): ((grant: DownloadGrant) => Promise<string>) => {
  const links = new LRUCache<string, string>({ max: mostRemembered })
  return async (grant) => {
    const { key, contentType, expiresAt, fileName } = grant
    const name = `${key}\n${contentType}\n${expiresAt.getTime()}\n${fileName}`
    const known = links.get(name)
    if (known !== undefined) return known
    const url = await sign(grant)
    links.set(name, url)
    return url
  }
}
