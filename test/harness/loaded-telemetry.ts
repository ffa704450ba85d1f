/** Has Node name what it loads of OpenTelemetry, but for the API without an SDK. */
export const namingTelemetry = [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        const [, file = ''] = url.split('/node_modules/')
        const isLoud = file.startsWith('@opentelemetry/') && !file.startsWith('@opentelemetry/api/')
        if (isLoud) console.log('loaded', file)
        return next(url, context)
      },
    })`)}`,
]
