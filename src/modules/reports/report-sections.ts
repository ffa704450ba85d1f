import type { UsageSection } from './usage.ts'

export const sectionNames = ['generations', 'datasets', 'exports', 'files', 'live', 'posts', 'jobs'] as const
export type SectionName = (typeof sectionNames)[number]
export type UsageSections = Record<SectionName, UsageSection>
