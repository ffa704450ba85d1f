import { setTimeout as delay } from 'node:timers/promises'

/**
 * Loaded into a process by `--expose-gc --import`: at SIGUSR2 it prints how many bytes it holds beside garbage. What the kernel
 * says of its memory counts garbage too, and what malloc(3) does not give back.
 */
const looks = 5
const betweenLooksMs = 10

const heldBytes = () => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

process.on('SIGUSR2', async () => {
  let least = heldBytes()
  // Buffers go a moment after the objects that stood for them, and in a process at work others come meanwhile.
  for (let look = 1; look < looks; look += 1) {
    await delay(betweenLooksMs)
    least = Math.min(least, heldBytes())
  }
  process.stdout.write(`held bytes: ${least}\n`)
})
