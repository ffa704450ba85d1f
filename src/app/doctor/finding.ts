export type Finding = {
  check: string
  level: 'ok' | 'warn' | 'fail'
  message: string
  /** What to do about it. */
  fix?: string | undefined
}
export const ok = (check: string, message: string): Finding => ({ check, level: 'ok', message })
export const warn = (check: string, message: string, fix: string): Finding => ({
  check,
  level: 'warn',
  message,
  fix,
})
export const fail = (check: string, message: string, fix: string | undefined): Finding => ({
  check,
  level: 'fail',
  message,
  ...(fix === undefined ? {} : { fix }),
})
