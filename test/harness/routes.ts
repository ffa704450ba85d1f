import type { TestApp } from './test-app.ts'

/** Every route that the router knows, hidden ones too, such as `GET /v1/jobs/:id`. HEAD and OPTIONS go without saying. */
export const routesOf = ({ app }: Pick<TestApp, 'app'>): string[] => {
  const routes: string[] = []
  const trail: string[] = []
  for (const line of app.printRoutes().split('\n')) {
    const [, indent, segment = '', methods = ''] =
      /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    if (indent === undefined) continue
    trail.splice(indent.length / 4, Infinity, segment === '(empty root node)' ? '' : segment)
    for (const method of methods.split(', ')) {
      if (!['', 'HEAD', 'OPTIONS'].includes(method)) routes.push(`${method} ${trail.join('')}`)
    }
  }
  return routes.sort()
}
