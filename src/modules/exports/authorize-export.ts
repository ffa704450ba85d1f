import type { ReadDb } from '../../platform/database/database.ts'
import { forbidden } from '../../platform/errors.ts'
import { authorize, type Holder, listedOwner } from '../auth/permissions.ts'
import { getDataset } from '../datasets/datasets.service.ts'
import type { ExportResources, ExportSource } from './open-source.ts'

/**
 * Lets the holder write an export of `ownerId` that reads `source`, or throws. A source says what was allowed when the
 * export was made; this asks whether it still is.
 * @throws 403, also `EXPORT_NOT_ALLOWED` for rows that are no longer the holder's to read; 404 as for the thing itself
 */
export const authorizeExport = async (
  { db, resources }: { db: ReadDb; resources: ExportResources },
  holder: Holder,
  ownerId: string | null,
  { resource, visibleOwner, datasetId = '' }: ExportSource,
): Promise<void> => {
  authorize(holder, 'exports:create', { name: 'export', ownerId })
  if (resource === undefined) {
    await getDataset({ readDb: db }, holder, datasetId)
    return
  }
  const { permission } = resources[resource]
  // Of a list of everybody's things, who may not read all is given his own.
  if (visibleOwner === undefined && listedOwner(holder, permission) !== undefined) throw notAllowed()
  listedOwner(holder, permission, visibleOwner)
}

const notAllowed = () =>
  forbidden('This export reads what you may no longer read. Make a new one.', 'EXPORT_NOT_ALLOWED')
