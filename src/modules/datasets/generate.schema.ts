import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type FieldFault, invalid } from '../../platform/errors.ts'
import { type DatasetSchema, datasetSchema, mostRows } from './generator/dataset-schema.ts'
import { presetNames, tablesOfPreset } from './presets.ts'

const { seed, locale, refDate, tables } = datasetSchema.shape
const { fields, count } = tables.element.shape

/** Not today: the same schema and seed are to make the same bytes tomorrow. */
const usualRefDate = '2026-01-01T00:00:00Z'

/** Tables as they are, one table written flat (`count`, `fields`), or a preset. */
export const generateBody = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    seed: z
      .union([seed, z.int().min(0)])
      .optional()
      .describe('The same seed and schema give the same bytes. Chosen at random when it is left out.'),
    locale: locale.default('en'),
    refDate: refDate.default(usualRefDate).describe('What `past_date`, `future_date` and ages count from.'),
    tables: tables.optional(),
    fields: fields.optional(),
    count: count.optional().describe('Rows of the one table; of a preset, of its main table.'),
    preset: z.enum(presetNames).optional(),
    store: z
      .boolean()
      .default(true)
      .describe(
        'false: no rows are written; reading and exporting make them. They cannot be filtered or sorted.',
      ),
  })
  .superRefine((body, context) => {
    const given = (['tables', 'fields', 'preset'] as const).filter((name) => body[name] !== undefined)
    if (given.length !== 1) {
      context.addIssue({
        code: 'custom',
        path: ['tables'],
        message: 'Give exactly one of tables, fields and preset.',
      })
    }
    if (body.fields !== undefined && body.count === undefined) {
      context.addIssue({ code: 'custom', path: ['count'], message: 'Say how many rows to make.' })
    }
    if (body.tables !== undefined && body.count !== undefined) {
      context.addIssue({ code: 'custom', path: ['count'], message: 'Each table has a count of its own.' })
    }
  })
  .meta({
    examples: [
      {
        name: 'People',
        count: 100,
        fields: [
          { name: 'id', type: 'sequence' },
          { name: 'email', type: 'email' },
        ],
      },
    ],
  })
export type GenerateBody = z.output<typeof generateBody>

const flatTableName = 'data'
const defaultPresetCount = 1_000

/** What is asked for, with everything that was left out chosen. @throws 422 above the rows that a dataset can have */
export const toDatasetSchema = (body: GenerateBody): DatasetSchema => {
  const { fields: flat, count: rows = defaultPresetCount, preset } = body
  const made =
    body.tables ??
    (preset === undefined
      ? [{ name: flatTableName, count: rows, fields: flat ?? [] }]
      : tablesOfPreset(preset, rows))
  const most = made.reduce((sum, table) => sum + table.count, 0)
  if (most > mostRows) {
    throw invalid([
      { path: 'tables', code: 'too_many_rows', message: `A dataset has ${mostRows} rows at most.` },
    ])
  }
  return {
    seed: String(body.seed ?? randomUUID().slice(0, 8)),
    locale: body.locale,
    refDate: body.refDate,
    tables: made,
  }
}

/** Faults by the paths that the client wrote: those of a flat table lie at the top. */
export const faultsAsWritten = (faults: FieldFault[], body: GenerateBody): FieldFault[] =>
  body.fields === undefined
    ? faults
    : faults.map((fault) => ({ ...fault, path: fault.path.replace(/^tables\.0\./, '') }))
