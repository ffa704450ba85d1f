import type { Logger } from 'pino'

/** What comes and goes is not told of each time. */
const tellEveryMs = 60_000

/** Tells of an outage once, and of its end, however many calls and connections meet it. */
export const outageLog = (log: Pick<Logger, 'warn' | 'info'>, what: string) => {
  let isAway = false
  let wasTold = false
  let toldAtMs = Number.NEGATIVE_INFINITY
  return {
    noteAway: (error: unknown) => {
      isAway = true
      if (wasTold || performance.now() - toldAtMs < tellEveryMs) return
      wasTold = true
      toldAtMs = performance.now()
      log.warn({ err: error }, `${what} is away`)
    },
    noteBack: (facts: object = {}) => {
      if (!isAway) return
      isAway = false
      if (wasTold) log.info(facts, `${what} is back`)
      wasTold = false
    },
  }
}
