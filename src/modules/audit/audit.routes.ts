import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { actorOf, sessionActorOf } from '../auth/authenticate.ts'
import { activitySchema, auditEntrySchema, auditHeadSchema, auditQuery } from './audit.schema.ts'
import { type AuditDeps, listActivity, listAudit, showHead } from './audit.service.ts'

export const auditRoutes = (deps: AuditDeps) => async (app: App) => {
  app.get(
    '/audit',
    {
      schema: {
        tags: ['audit'],
        summary: 'Search the audit log',
        description:
          'Who did what to what, when and from where, newest first. For admins. To have it as a file, export the resource `audit`.',
        querystring: auditQuery,
        response: { 200: listOf(auditEntrySchema) },
      },
      config: { access: 'audit:read' },
    },
    (request) => listAudit(deps, actorOf(request), request.query),
  )

  app.get(
    '/audit/head',
    {
      schema: {
        tags: ['audit'],
        summary: 'Where the chain of the audit log ends',
        description: 'Keep it outside of the database: against it, a log that was written anew shows.',
        response: { 200: successOf(auditHeadSchema) },
      },
      config: { access: 'audit:read' },
    },
    async (request) => ok(await showHead(deps, actorOf(request))),
  )

  app.get(
    '/auth/activity',
    {
      schema: {
        tags: ['auth'],
        summary: 'What happened to your account, newest first',
        description: 'What you or your API keys did, and what others did or tried to do to your account.',
        querystring: pageQuery,
        response: { 200: listOf(activitySchema) },
      },
      config: { access: 'signed-in' },
    },
    (request) => listActivity(deps, sessionActorOf(request), request.query),
  )
}
