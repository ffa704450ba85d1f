import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant } from '../../../platform/database/columns.ts'

/** Requests that came without an `Idempotency-Key`, so that an automatic repetition finds what the first one started. */
export const imageRequests = pgTable(
  'image_requests',
  {
    id: idColumn(),
    ownerId: uuid('owner_id').notNull(),
    /** Hash of the credentials, the route, and all that decides what is made. */
    fingerprint: text('fingerprint').notNull(),
    /** How many times the client had repeated the request when it last came. */
    repetition: integer('repetition').notNull(),
    generationIds: uuid('generation_ids').array().notNull(),
    seenAt: instant('seen_at').notNull().defaultNow(),
    createdAt: createdAtColumn(),
  },
  (request) => [
    index('image_requests_twins').on(request.ownerId, request.fingerprint, request.seenAt),
    index('image_requests_age').on(request.seenAt),
  ],
)
