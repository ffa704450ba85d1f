import { conflict } from '../../platform/errors.ts'
import type { DatasetRow } from './datasets.table.ts'
import { compileDataset } from './generator/compile-dataset.ts'
import type { CompiledTable } from './generator/compiled-table.ts'
import { engineVersion } from './generator/field-compiler.ts'

/**
 * What makes the rows of a generated dataset, whenever it was asked for.
 * @throws 409 `ENGINE_CHANGED` when this version of the engine would make others
 */
export const compileOwn = async (
  dataset: Pick<DatasetRow, 'schema' | 'engineVersion'>,
): Promise<CompiledTable[]> => {
  requireOwnEngine(dataset)
  if (dataset.schema === null) throw new Error('An uploaded dataset is made of nothing')
  return compileDataset(dataset.schema)
}

/** @throws 409 `ENGINE_CHANGED` */
export const requireOwnEngine = (dataset: Pick<DatasetRow, 'engineVersion'>): void => {
  if (dataset.engineVersion !== engineVersion) {
    const message = `The dataset is of version ${dataset.engineVersion} of the engine; this is ${engineVersion}. Make it anew.`
    throw conflict('ENGINE_CHANGED', message)
  }
}
