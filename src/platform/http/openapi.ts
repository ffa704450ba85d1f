import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { errorSchema } from './envelope.ts'
import type { App } from './http-server.ts'

/** Describes every route that is registered after this, from its zod schemas, at `/openapi.json`, readable at `/docs`. */
export const registerOpenApi = async (
  app: App,
  options: { version: string; publicUrl: string | undefined },
) => {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined || route.schema.hide) return
    const response = typeof route.schema.response === 'object' ? route.schema.response : {}
    route.schema.response = { ...response, '4xx': errorSchema, '5xx': errorSchema }
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
    staticCSP: true,
    uiConfig: { persistAuthorization: false, displayRequestDuration: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
