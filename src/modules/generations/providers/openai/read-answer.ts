import { z } from 'zod'
import { readBody } from '../call-server.ts'
import { failureOfConnection, unusable } from '../failures.ts'
import { ImageProviderError } from '../provider.ts'

const imagesAnswer = z.object({
  data: z
    .array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() }))
    .min(1)
    .max(10),
})

const downloadTimeoutMs = 30_000
const downloadTries = 3

/** The picture's bytes out of an Images API answer, which holds them in base64 or says where they are. */
export async function readPicture(answer: Buffer, apiUrl: string, signal: AbortSignal): Promise<Buffer> {
  const parsed = imagesAnswer.safeParse(parseAnswer(answer))
  const picture = parsed.data?.data[0]
  if (picture?.b64_json) return Buffer.from(picture.b64_json.replace(/^data:[^,]*,/, ''), 'base64')
  if (picture?.url) return await download(allowedUrl(picture.url, apiUrl), signal)
  throw unusable('holds no picture')
}

function parseAnswer(answer: Buffer): unknown {
  try {
    return JSON.parse(answer.toString('utf8'))
  } catch (cause) {
    // It may have been cut where nothing but the end of the connection marks the end.
    throw failureOfConnection(cause)
  }
}

/**
 * A picture is fetched by https, or from the API's own origin (a server on the local network has no certificate), and
 * redirects are not followed: the API cannot send us to places behind our firewall over plain http.
 */
function allowedUrl(text: string, apiUrl: string): URL {
  const url = URL.parse(text, apiUrl)
  if (!url || (url.protocol !== 'https:' && url.origin !== new URL(apiUrl).origin) || url.username !== '') {
    throw unusable('points to an address that we do not fetch from')
  }
  return url
}

/** The picture is made and paid for by now, and a GET has no effect, so it is tried again. Sends no credentials. */
async function download(url: URL, signal: AbortSignal): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const stop = AbortSignal.any([signal, AbortSignal.timeout(downloadTimeoutMs)])
      const response = await fetch(url, { redirect: 'error', signal: stop })
      if (response.ok) return await readBody(response)
      await response.body?.cancel()
      throw new Error(`The picture's address answered ${response.status}.`)
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof ImageProviderError) throw cause
      if (attempt === downloadTries) {
        const message = 'The picture was made, but could not be fetched from the image provider.'
        throw new ImageProviderError('unknown-outcome', 'PROVIDER_DOWNLOAD_FAILED', message, { cause })
      }
    }
  }
}
