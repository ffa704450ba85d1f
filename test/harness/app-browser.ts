import type { InjectOptions } from 'light-my-request'
import { type AuthApp, publicUrl } from './auth-app.ts'

/** A browser as the application sees it: it keeps cookies and follows nothing by itself. */
export const newBrowser = ({ app }: Pick<AuthApp, 'app'>) => {
  const cookies = new Map<string, string>()
  const ask = async (
    method: 'GET' | 'POST',
    url: string,
    { headers = {}, ...rest }: Pick<InjectOptions, 'headers' | 'payload'> = {},
  ) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await app.inject({
      method,
      url: url.replace(publicUrl, ''),
      headers: { ...(cookie === '' ? {} : { cookie }), 'sec-fetch-site': 'same-origin', ...headers },
      ...rest,
    })
    for (const { name, value, maxAge } of response.cookies) {
      if (maxAge === 0 || value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const isJson = String(response.headers['content-type']).includes('json')
    return {
      status: response.statusCode,
      location: String(response.headers.location ?? ''),
      headers: response.headers,
      text: response.body,
      data: isJson ? response.json().data : undefined,
      error: isJson ? response.json().error : undefined,
    }
  }
  return { cookies, ask }
}

export type Browser = ReturnType<typeof newBrowser>
