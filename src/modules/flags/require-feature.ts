import type { Client } from '@openfeature/server-sdk'
import { forbidden } from '../../platform/errors.ts'
import type { Holder } from '../auth/permissions.ts'

/** What flags are evaluated for. */
export const flagContextOf = ({ userId, role }: Holder) => ({ targetingKey: userId, role })

/**
 * Lets a feature be switched off, for everybody or for some: it is on unless a boolean flag of its name says otherwise.
 * @throws 403 `FEATURE_OFF`
 */
export const requireFeature = async (flags: Client, actor: Holder, feature: string): Promise<void> => {
  if (await flags.getBooleanValue(feature, true, flagContextOf(actor))) return
  throw forbidden('This is switched off for now.', 'FEATURE_OFF')
}
