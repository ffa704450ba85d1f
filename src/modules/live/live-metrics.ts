import { Gauge, type Registry } from 'prom-client'
import type { LiveServer } from './live-server.ts'

/** Tells how many streams and relays a live process has. */
export const measureLive = (registry: Registry, server: Pick<LiveServer, 'counts'>): void => {
  new Gauge({
    name: 'backlot_live_streams',
    help: 'Streams of this process that have not ended.',
    registers: [registry],
    collect() {
      this.set(server.counts.streams)
    },
  })
  new Gauge({
    name: 'backlot_live_destinations',
    help: 'Destinations of these streams by observed state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [state, count] of Object.entries(server.counts.destinations)) this.set({ state }, count)
    },
  })
}
