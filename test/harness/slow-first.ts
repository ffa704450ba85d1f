import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** These start processes, kill them and wait for what comes then. Those of live streams, which need a quick machine, come among the others. */
const slow = /\/test\/(crash|backup|supervisor|process|replicas|api\/(access-matrix|fuzz))|\/parse-file\./

/**
 * Begins with the files that take longest, so that no worker is left alone with one of them at the end. Where vitest remembers
 * how long each took it does so by itself; on a new checkout it goes by the size of files, which says little.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { slowOnes = [], others = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      slow.test(moduleId) ? 'slowOnes' : 'others',
    )
    return [...slowOnes, ...others]
  }
}
