import type { RunningJob } from '../../platform/jobs/define-job.ts'

const stepMs = 500
const stepShare = 0.06

/** Shows that work goes on whose length nobody knows: each step goes a small share of the way that is left. */
export const creeping = async <T>(
  job: Pick<RunningJob<unknown>, 'progress'>,
  { from, message }: { from: number; message: string },
  work: () => Promise<T>,
): Promise<T> => {
  let fraction = from
  job.progress(fraction, message)
  const timer = setInterval(() => {
    fraction += (1 - fraction) * stepShare
    job.progress(fraction, message)
  }, stepMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
