import net from 'node:net'
import { z } from 'zod'

const mostOrigins = 50
/** Where an Android app calls from: the SHA-256 of its signing certificate, https://developer.android.com/identity/sign-in/credential-manager. */
const androidOrigin = /^android:apk-key-hash:[\w-]{43}$/

const isWebOrigin = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text

/** Whether browsers let a page of one of these use passkeys of the domain: they must be its own, or those of hosts below it. */
export const isUsableRpId = (rpId: string, origins: string[]): boolean =>
  origins.map((origin) => new URL(origin).hostname).some((host) => host === rpId || host.endsWith(`.${rpId}`))

/** A domain without scheme and port (WebAuthn level 3, 4, "RP ID"). */
export const passkeyRpId = z
  .string()
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, {
    error: 'must be a domain such as example.com, in small letters, without scheme and port',
  })
  .refine((text) => net.isIP(text) === 0, {
    error: 'must be a domain; browsers know no passkeys for addresses',
  })

export const passkeyOrigins = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .refine(
    (origins) =>
      origins.length <= mostOrigins &&
      origins.every((origin) => isWebOrigin(origin) || androidOrigin.test(origin)),
    {
      error:
        'must list origins such as https://example.com or android:apk-key-hash:..., separated by commas, ' +
        'without path or final slash',
    },
  )
