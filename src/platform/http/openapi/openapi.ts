import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { errorSchema } from '../envelope.ts'
import type { App } from '../http-server.ts'
import { describeAnswers } from './answers.ts'
import { stateBounds } from './bounds.ts'
import { type Document, operationsOf } from './document.ts'
import { addExamples } from './examples.ts'
import { nameOperations } from './operation-ids.ts'
import { describeAccess, securitySchemes } from './security-schemes.ts'
import { tagDescriptions } from './tags.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The part of a multipart form that is a file, beside the fields of the body's schema. */
    formFile?: string
    /** Set where the form is nothing without it. */
    formFileRequired?: boolean
    /** A second file, which the form may have. */
    secondFormFile?: string
  }
}

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
  const formFiles: FormFiles = new Map()
  app.addHook('onRoute', (route) => {
    const { formFile, formFileRequired = false, secondFormFile } = route.config ?? {}
    if (formFile !== undefined) {
      const parts = secondFormFile === undefined ? [formFile] : [formFile, secondFormFile]
      formFiles.set(route.url, { parts, required: formFileRequired ? [formFile] : [] })
    }
    if (route.schema === undefined || route.schema.hide) return
    const response = typeof route.schema.response === 'object' ? route.schema.response : {}
    route.schema.response = { '4xx': errorAnswer, '5xx': errorAnswer, ...response }
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Backlot',
        version: options.version,
        description: 'The self-hosted backend behind creator products.',
        license: { name: 'UNLICENSED', identifier: 'LicenseRef-UNLICENSED' },
      },
      servers: [{ url: options.publicUrl ?? '/' }],
      components: {
        securitySchemes,
      },
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: { override: describeBooleans } }),
    transformObject: (source) =>
      finished(dropUnusedSchemas(addFormFiles(jsonSchemaTransformObject(source), formFiles))),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: docsPolicy,
    uiConfig: { persistAuthorization: false, displayRequestDuration: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}

const finished = (described: Described): Described => {
  // A copy: methods of one route share what describes them.
  const document: Document = JSON.parse(JSON.stringify(described))
  nameOperations(document)
  describeAccess(document)
  describeAnswers(document)
  stateBounds(document)
  addExamples(document)
  const tags = new Set(operationsOf(document).flatMap(({ operation }) => operation.tags ?? []))
  document.tags = [...tags].sort().map((name) => ({ name, description: tagDescriptions[name] }))
  for (const server of document.servers ?? []) server['x-internal'] = false
  return Object.assign(described, document)
}

/** A flag in a query is text that zod reads; clients know it as `true` and `false`. */
const describeBooleans: NonNullable<z.core.JSONSchemaGeneratorParams['override']> = ({
  zodSchema,
  jsonSchema,
}) => {
  const { def } = zodSchema._zod
  if (def.type === 'pipe' && def.out._zod.def.type === 'boolean') jsonSchema.type = 'boolean'
}

/** By the address of their route. */
type FormFiles = Map<string, { parts: string[]; required: string[] }>
type Described = ReturnType<typeof jsonSchemaTransformObject>

/** A form carries the same fields as JSON, and files besides (OpenAPI 3.1, "Considerations for File Uploads"). */
const addFormFiles = (document: Described, formFiles: FormFiles): Described => {
  for (const [url, { parts, required }] of formFiles) {
    const operation = document.paths?.[url]?.post
    const body = operation !== undefined && 'requestBody' in operation ? operation.requestBody : undefined
    if (body === undefined || !('content' in body)) continue
    const form = body.content['multipart/form-data']
    if (form?.schema === undefined) continue
    const content = { type: 'string' as const, format: 'binary' }
    const files = {
      type: 'object' as const,
      properties: Object.fromEntries(parts.map((part) => [part, content])),
      ...(required.length > 0 ? { required } : {}),
    }
    // A new object: JSON has the same one.
    body.content['multipart/form-data'] = { ...form, schema: { allOf: [form.schema, files] } }
  }
  return document
}

/** zod has each named schema twice, as it comes in and as it goes out. Mostly one of the two is all that is spoken of. */
const dropUnusedSchemas = (document: Described): Described => {
  const schemas: Record<string, unknown> = ('components' in document && document.components?.schemas) || {}
  const used = new Set<string>()
  const visit = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      visit(schemas[name] ?? null)
    }
  }
  visit(document.paths)
  for (const name of Object.keys(schemas)) if (!used.has(name)) delete schemas[name]
  return document
}
