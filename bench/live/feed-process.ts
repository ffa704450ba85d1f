import { FlvPublisher } from '../../test/harness/flv-publisher.ts'

const [url = '', file = ''] = process.argv.slice(2)
const deadline = performance.now() + 5_000
const retryMs = 50

/** The ingest may not be there yet. */
const publish = async (): Promise<FlvPublisher> => {
  for (;;) {
    try {
      return await FlvPublisher.start({ url, file, stamps: true })
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

const publisher = await publish()
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => {
  publisher.stop()
  setTimeout(() => process.exit(0), retryMs)
})
process.send?.({ type: 'ready' })
