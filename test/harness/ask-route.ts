import type { Wish } from '../api/access-wishes.ts'
import { send } from './send.ts'

let requests = 0
/** Each request comes from a network of its own, so that no limit by address is met. */
const newAddress = () => {
  requests += 1
  return `10.${requests >> 8}.${requests & 255}.7`
}

/** Calls a route of the table of access, such as `GET /v1/jobs/:id`, with an access token or an API key. */
export const askRoute = (
  origin: string,
  route: string,
  wish: Wish,
  token: string | undefined,
  extra: Record<string, string> = {},
) => {
  const [method, pattern = ''] = route.split(' ')
  const path =
    pattern.replace(':file', 'playlist.m3u8').replace(/:\w+(\/:\w+)*|\*$/, wish.id ?? '') + (wish.query ?? '')
  const form = wish.form && new URLSearchParams(wish.form).toString()
  const formType = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return send(origin, path, {
    ...(method === undefined ? {} : { method }),
    headers: { 'x-forwarded-for': newAddress(), ...authorization, ...formType, ...wish.headers, ...extra },
    ...(form === undefined ? {} : { body: form }),
    ...(wish.body === undefined ? {} : { body: wish.body }),
  })
}
