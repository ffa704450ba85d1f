const shutdownSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
export type ShutdownSignal = (typeof shutdownSignals)[number]

/** A terminal and the programs above us (npm, the launcher) each pass on the same Ctrl-C within milliseconds. */
const samePressMs = 300

/** By convention 128 and the signal's number: a second signal stopped the process before it was done. */
export const forcedExitCode = (signal: ShutdownSignal): number =>
  ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })[signal]

/**
 * The first signal asks for an orderly end, the second for one at once. Those of the three that are not among `signals` end
 * nothing, and are for the caller to hear.
 */
export const onShutdownSignals = (handlers: {
  first: (signal: ShutdownSignal) => void
  second: (signal: ShutdownSignal) => void
  signals?: readonly ShutdownSignal[]
}) => {
  const { signals = shutdownSignals } = handlers
  let presses = 0
  for (const signal of shutdownSignals) {
    let lastAt = Number.NEGATIVE_INFINITY
    process.on(signal, () => {
      if (!signals.includes(signal)) return
      const now = performance.now()
      const isRepeat = now - lastAt < samePressMs
      lastAt = now
      if (isRepeat) return
      presses += 1
      if (presses === 1) handlers.first(signal)
      else handlers.second(signal)
    })
  }
}
