import { createBullBoard } from '@bull-board/api'
import type {
  AppControllerRoute,
  BullBoardQueues,
  BullBoardRequest,
  IServerAdapter,
} from '@bull-board/api/dist/types.js'
import { boardConfig } from './board-page.ts'

type Answer = { status: number; body: unknown }
type Asked = Pick<BullBoardRequest, 'params' | 'query' | 'body'>
/** Answers a request of the board's pages by its method and path such as `GET /api/queues`. */
export type Board = (route: string, asked: Asked, queues: BullBoardQueues) => Promise<Answer>

/** Bull Board's own operations. Its adapter for Fastify would serve all of them, whether they make sense here or not. */
export const createBoard = (): Board => {
  const routes = new Map<string, AppControllerRoute['handler']>()
  const server: IServerAdapter = {
    setQueues: () => server,
    setViewsPath: () => server,
    setStaticPath: () => server,
    setEntryRoute: () => server,
    setErrorHandler: () => server,
    setUIConfig: () => server,
    setApiRoutes: (all) => {
      for (const { method, route, handler } of all)
        for (const one of [method].flat())
          for (const path of [route].flat()) routes.set(`${one.toUpperCase()} ${path}`, handler)
      return server
    },
  }
  createBullBoard({ queues: [], serverAdapter: server })
  return async (route, { params, query, body }, queues) => {
    const handler = routes.get(route)
    if (handler === undefined) throw new Error(`Bull Board has no ${route}`)
    const asked = { params, query, body, queues, headers: {}, uiConfig: boardConfig }
    const { status = 200, body: answered } = await handler(asked)
    return { status, body: answered }
  }
}
