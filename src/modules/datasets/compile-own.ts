import { conflict } from '../../platform/errors.ts'
import type { DatasetRow } from './datasets.table.ts'
import { type CompiledTable, compileDataset } from './generator/compile-dataset.ts'
import { engineVersion } from './generator/field-compiler.ts'

/**
 * What makes the rows of a generated dataset, whenever it was asked for.
 * @throws 409 `ENGINE_CHANGED` when this version of the engine would make others
 */
export const compileOwn = async (
  dataset: Pick<DatasetRow, 'schema' | 'engineVersion'>,
): Promise<CompiledTable[]> => {
  if (dataset.schema === null) throw new Error('An uploaded dataset is made of nothing')
  if (dataset.engineVersion !== engineVersion) {
    const message = `The dataset is of version ${dataset.engineVersion} of the engine; this is ${engineVersion}. Make it anew.`
    throw conflict('ENGINE_CHANGED', message)
  }
  return compileDataset(dataset.schema)
}
