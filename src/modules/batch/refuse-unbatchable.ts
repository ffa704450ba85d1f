import { isShared } from '../../platform/database/shared-transaction.ts'
import { AppError } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'

/** Within a batch only routes that say so are answered, whatever path led to them. */
export const refuseUnbatchable = (app: App): void => {
  app.addHook('onRequest', async ({ is404, routeOptions }) => {
    if (!isShared() || is404 || routeOptions.config.batchable === true) return
    throw new AppError(422, 'NOT_BATCHABLE', 'This cannot be a part of a batch. Call it alone.')
  })
}
