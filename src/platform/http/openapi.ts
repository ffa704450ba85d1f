import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { errorSchema } from './envelope.ts'
import type { App } from './http-server.ts'

const errorAnswer = {
  description: 'What went wrong. As `application/problem+json` (RFC 9457) for who accepts that.',
  content: { 'application/json': { schema: errorSchema } },
}

/** Swagger UI's own files and nothing else: the page works without the internet, and over plain HTTP in a local network. */
const docsPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Describes every route that is registered after this, from its zod schemas, at `/openapi.json`, readable at `/docs`. */
export const registerOpenApi = async (
  app: App,
  options: { version: string; publicUrl: string | undefined },
) => {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined || route.schema.hide) return
    const response = typeof route.schema.response === 'object' ? route.schema.response : {}
    route.schema.response = { ...response, '4xx': errorAnswer, '5xx': errorAnswer }
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Backlot',
        version: options.version,
        description: 'The self-hosted backend behind creator products.',
      },
      ...(options.publicUrl === undefined ? {} : { servers: [{ url: options.publicUrl }] }),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-backlot' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: docsPolicy,
    uiConfig: { persistAuthorization: false, displayRequestDuration: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
