import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** These start processes, kill them and wait for what comes then. */
const slow = /\/test\/(crash|backup|supervisor|process|replicas|api\/(access-matrix|fuzz))|\/parse-file\./
/** These measure what is live, which needs a quick machine. */
const live = /\/test\/live\//

/**
 * Begins with the files that take longest, so that no worker is left alone with one of them at the end. Where vitest remembers
 * how long each took it does so by itself; on a new checkout it goes by the size of files, which says little. Those of live
 * streams come one by one among the others, so that they do not measure each other.
 */
export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const {
      slowOnes = [],
      liveOnes = [],
      others = [],
    } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      slow.test(moduleId) ? 'slowOnes' : live.test(moduleId) ? 'liveOnes' : 'others',
    )
    const between = Math.ceil(others.length / (liveOnes.length + 1))
    const spread = liveOnes.flatMap((file, index) => [
      ...others.slice(index * between, (index + 1) * between),
      file,
    ])
    return [...slowOnes, ...spread, ...others.slice(liveOnes.length * between)]
  }
}
