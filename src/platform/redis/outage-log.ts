import type { Logger } from 'pino'

/** A Redis that comes and goes is not told of each time. */
const tellEveryMs = 60_000

/** Tells of an outage once, however many commands and connections meet it. */
export const outageLog = (log: Pick<Logger, 'warn' | 'info'>) => {
  let isAway = false
  let wasTold = false
  let toldAtMs = Number.NEGATIVE_INFINITY
  return {
    noteAway: (error: unknown) => {
      isAway = true
      if (wasTold || performance.now() - toldAtMs < tellEveryMs) return
      wasTold = true
      toldAtMs = performance.now()
      log.warn({ err: error }, 'redis is away')
    },
    noteBack: () => {
      if (!isAway) return
      isAway = false
      if (wasTold) log.info('redis is back')
      wasTold = false
    },
  }
}
