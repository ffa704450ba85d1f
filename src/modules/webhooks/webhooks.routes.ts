import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { actorOf } from '../auth/authenticate.ts'
import { listDeliveries, replayDelivery, testWebhook } from './deliveries.service.ts'
import {
  acceptedDeliverySchema,
  createWebhookBody,
  deliverySchema,
  listDeliveriesQuery,
  listWebhooksQuery,
  updateWebhookBody,
  viewWebhook,
  webhookParams,
  webhookSchema,
  webhookWithSecretSchema,
} from './webhooks.schema.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  rotateSecret,
  updateWebhook,
  type WebhooksDeps,
} from './webhooks.service.ts'

const tags = ['webhooks']
const params = webhookParams

export const webhookRoutes = (deps: WebhooksDeps) => async (app: App) => {
  secretRoutes(deps, app)
  readRoutes(deps, app)
  changeRoutes(deps, app)
  sendRoutes(deps, app)
}

/** The two whose answers show the secret. */
const secretRoutes = (deps: WebhooksDeps, app: App) => {
  app.post(
    '/webhooks',
    {
      schema: {
        tags,
        summary: 'Add a webhook',
        description: 'The answer holds the secret that verifies signatures (Standard Webhooks 1.0). Keep it.',
        headers: idempotencyHeaders,
        body: createWebhookBody,
        response: { 201: successOf(webhookWithSecretSchema) },
      },
      config: { access: 'webhooks:create', batchable: true },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { webhook, secret, replayed } = await createWebhook(deps, actorOf(request), request.body, key)
      if (replayed) reply.header('idempotency-replayed', 'true')
      reply.status(201).header('location', `/v1/webhooks/${webhook.id}`).header('cache-control', 'no-store')
      return ok({ ...viewWebhook(webhook), secret })
    },
  )

  app.post(
    '/webhooks/:id/secret',
    {
      schema: {
        tags,
        summary: 'Make a new secret; the one before it signs too for 24 hours',
        headers: idempotencyHeaders,
        params,
        response: { 200: successOf(webhookWithSecretSchema) },
      },
      config: { access: 'webhooks:update', batchable: true },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { webhook, secret, replayed } = await rotateSecret(deps, actorOf(request), request.params.id, key)
      if (replayed) reply.header('idempotency-replayed', 'true')
      reply.header('cache-control', 'no-store')
      return ok({ ...viewWebhook(webhook), secret })
    },
  )
}

const readRoutes = (deps: WebhooksDeps, app: App) => {
  app.get(
    '/webhooks',
    {
      schema: {
        tags,
        summary: 'List webhooks, newest first',
        querystring: listWebhooksQuery,
        response: { 200: listOf(webhookSchema) },
      },
      config: { access: 'webhooks:read', batchable: true },
    },
    (request) => listWebhooks(deps, actorOf(request), request.query),
  )

  app.get(
    '/webhooks/:id',
    {
      schema: { tags, summary: 'Get a webhook', params, response: { 200: successOf(webhookSchema) } },
      config: { access: 'webhooks:read', batchable: true },
    },
    async (request) => ok(viewWebhook(await getWebhook(deps, actorOf(request), request.params.id))),
  )

  app.get(
    '/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'List what was sent to a webhook in the last 30 days, newest first',
        params,
        querystring: listDeliveriesQuery,
        response: { 200: listOf(deliverySchema) },
      },
      config: { access: 'webhooks:read', batchable: true },
    },
    (request) => listDeliveries(deps, actorOf(request), request.params.id, request.query),
  )
}

const changeRoutes = (deps: WebhooksDeps, app: App) => {
  app.patch(
    '/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Change a webhook, or enable it again',
        params,
        body: updateWebhookBody,
        response: { 200: successOf(webhookSchema) },
      },
      config: { access: 'webhooks:update', batchable: true },
    },
    async (request) =>
      ok(viewWebhook(await updateWebhook(deps, actorOf(request), request.params.id, request.body))),
  )

  app.delete(
    '/webhooks/:id',
    {
      schema: { tags, summary: 'Delete a webhook and its deliveries', params, response: { 204: z.null() } },
      config: { access: 'webhooks:delete', batchable: true },
    },
    async (request, reply) => {
      await deleteWebhook(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}

const sendRoutes = (deps: WebhooksDeps, app: App) => {
  const sendings = [
    {
      path: '/webhooks/:id/test',
      summary: 'Send the event `webhook.test`',
      description: 'Whatever `events` of the webhook says.',
      send: testWebhook,
    },
    {
      path: '/deliveries/:id/replay',
      summary: 'Send a delivery once more',
      description: 'One that has ended, under the same `webhook-id`.',
      send: replayDelivery,
    },
  ] as const
  for (const { path, summary, send } of sendings) {
    app.post(
      path,
      {
        schema: { tags, summary, params, response: { 202: successOf(acceptedDeliverySchema) } },
        config: { access: 'webhooks:update' },
      },
      async (request, reply) => {
        const accepted = await send(deps, actorOf(request), request.params.id)
        reply.status(202).header('location', accepted.statusUrl)
        return ok(accepted)
      },
    )
  }
}
