import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { preferHeaders } from '../../platform/http/prefer.ts'
import { type AnswerAcceptedDeps, answerAccepted } from '../../platform/jobs/answer-accepted.ts'
import { whereSchema } from '../../platform/rows/where.ts'
import { actorOf } from '../auth/authenticate.ts'
import {
  acceptedDatasetSchema,
  datasetParams,
  datasetSummarySchema,
  datasetViewSchema,
  fieldTypeSchema,
  listDatasetsQuery,
  presetSchema,
  previewSchema,
} from './datasets.schema.ts'
import { type DatasetsDeps, deleteDataset, listDatasets, showDataset } from './datasets.service.ts'
import { generateBody } from './generate.schema.ts'
import { generate, previewDataset } from './generate.service.ts'
import { fieldTypes } from './generator/field-types.ts'
import { describePresets } from './presets.ts'
import { readDatasetRows } from './read-rows.ts'

export type DatasetRoutesDeps = DatasetsDeps & AnswerAcceptedDeps

const tags = ['data']
const longestWhere = 4_000

const rowsQuery = pageQuery.omit({ total: true, cursor: true }).extend({
  cursor: z.string().max(20_000).optional(),
  table: z.string().max(63).optional().describe('The first one, when it is left out.'),
  sort: z
    .string()
    .max(64)
    .optional()
    .describe('A column; `-` in front turns the order around. Nulls come last.'),
  where: z
    .string()
    .max(longestWhere)
    .transform((text, context) => {
      try {
        const where: unknown = JSON.parse(text)
        // Else it would be left out without a word.
        if (!Object.hasOwn(Object(where), '__proto__')) return where
        context.addIssue({ code: 'custom', message: 'There is no column __proto__.' })
        return z.NEVER
      } catch {
        context.addIssue({ code: 'custom', message: 'This is not JSON.' })
        return z.NEVER
      }
    })
    .pipe(whereSchema)
    .optional()
    .describe('Conditions by column, as JSON: {"country":"DE","age":{"gte":30}}.'),
})

const rowsPage = z.object({
  success: z.literal(true),
  data: z.array(z.record(z.string(), z.unknown())),
  page: z.object({ nextCursor: z.string().nullable(), limit: z.int() }),
})

export const datasetRoutes = (deps: DatasetRoutesDeps) => async (app: App) => {
  generateRoutes(deps, app)
  descriptionRoutes(app)
  readRoutes(deps, app)
}

const generateRoutes = (deps: DatasetRoutesDeps, app: App) => {
  app.post(
    '/generate',
    {
      schema: {
        tags,
        operationId: 'datasets.create',
        summary: 'Make a dataset',
        description:
          'Answers 202 with the job that writes the rows. The same seed and schema give the same rows, whoever writes them.',
        headers: idempotencyHeaders.extend(preferHeaders.shape),
        body: generateBody,
        response: { 202: successOf(acceptedDatasetSchema) },
      },
      config: { access: 'datasets:create', batchable: true },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      return answerAccepted(deps, request, reply, await generate(deps, actorOf(request), request.body, key))
    },
  )

  app.post(
    '/generate/preview',
    {
      schema: {
        tags,
        operationId: 'datasets.preview',
        summary: 'See the first 100 rows of each table at once, those that the job will write',
        description: 'Rows of more than ten thousand characters are fewer.',
        body: generateBody,
        response: { 200: successOf(previewSchema) },
      },
      config: { access: 'datasets:create' },
    },
    async (request, reply) => ok(await previewDataset(actorOf(request), request.body, clientGone(reply))),
  )
}

const descriptionRoutes = (app: App) => {
  const types = [...fieldTypes.values()].map(({ name, group, description, options, example }) => ({
    name,
    group,
    description,
    options: z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }),
    example: { name, type: name, options: example },
  }))
  app.get(
    '/generate/types',
    {
      schema: {
        tags,
        operationId: 'datasets.fieldTypes',
        summary: 'List the types of fields',
        response: { 200: successOf(z.array(fieldTypeSchema)) },
      },
      config: { access: 'datasets:read' },
    },
    async () => ok(types),
  )

  const presets = describePresets()
  app.get(
    '/generate/presets',
    {
      schema: {
        tags,
        operationId: 'datasets.presets',
        summary: 'List the presets, with the tables that each stands for',
        response: { 200: successOf(z.array(presetSchema)) },
      },
      config: { access: 'datasets:read' },
    },
    async () => ok(presets),
  )
}

const readRoutes = (deps: DatasetRoutesDeps, app: App) => {
  app.get(
    '/datasets',
    {
      schema: {
        tags,
        summary: 'List datasets, newest first',
        querystring: listDatasetsQuery,
        response: { 200: listOf(datasetSummarySchema) },
      },
      config: { access: 'datasets:read', batchable: true },
    },
    (request) => listDatasets(deps, actorOf(request), request.query),
  )

  app.get(
    '/datasets/:id',
    {
      schema: {
        tags,
        summary: 'Get a dataset with its tables and columns',
        params: datasetParams,
        response: { 200: successOf(datasetViewSchema) },
      },
      config: { access: 'datasets:read', batchable: true },
    },
    async (request) => ok(await showDataset(deps, actorOf(request), request.params.id)),
  )

  app.get(
    '/datasets/:id/rows',
    {
      schema: {
        tags,
        summary: 'Read the rows of a table, page by page',
        description:
          'A page of very long rows has fewer than `limit`; `nextCursor` says whether more follow.',
        params: datasetParams,
        querystring: rowsQuery,
        response: { 200: rowsPage },
      },
      config: { access: 'datasets:read' },
    },
    async (request, reply) => {
      const { rows, nextCursor } = await readDatasetRows(
        deps,
        actorOf(request),
        request.params.id,
        request.query,
        clientGone(reply),
      )
      return { success: true as const, data: rows, page: { nextCursor, limit: request.query.limit } }
    },
  )

  app.delete(
    '/datasets/:id',
    {
      schema: { tags, summary: 'Delete a dataset', params: datasetParams, response: { 204: z.null() } },
      config: { access: 'datasets:delete', batchable: true },
    },
    async (request, reply) => {
      await deleteDataset(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
