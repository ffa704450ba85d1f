import { type Document, operationsOf } from './document.ts'

/** Ways to say who one is. Access tokens are checked as RFC 8725 asks: algorithms by a list, issuer, audience and expiry required. */
export const securitySchemes = {
  bearer: {
    type: 'http' as const,
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, made and checked as RFC8725 says.',
  },
  apiKey: {
    type: 'http' as const,
    scheme: 'bearer',
    description:
      'An API key, `bk_...`. Each operation names the scope that it needs; keys cannot call those without this scheme.',
  },
  session: {
    type: 'apiKey' as const,
    in: 'cookie',
    name: '__Host-backlot',
    description: 'The session of a browser.',
  },
}

/** States which operations anybody may call, and that under `/v1/admin` only admins come through, by the same ways as elsewhere. */
export const describeAccess = (document: Document): void => {
  const schemes = Object.entries(securitySchemes).map(([name, { description, ...scheme }]) => [
    adminName(name),
    { ...scheme, description: `${description} Of an admin.` },
  ])
  document.components.securitySchemes = {
    ...document.components.securitySchemes,
    ...Object.fromEntries(schemes),
  }
  for (const { path, operation } of operationsOf(document)) {
    operation.security ??= [{}]
    if (!path.startsWith('/v1/admin/')) continue
    operation.security = operation.security.map((way) =>
      Object.fromEntries(Object.entries(way).map(([name, scopes]) => [adminName(name), scopes])),
    )
  }
}

const adminName = (name: string) => `admin${name.charAt(0).toUpperCase()}${name.slice(1)}`
