import type { ReadDb } from '../../platform/database/database.ts'
import { forbidden, invalid, notFound } from '../../platform/errors.ts'
import { authorize, type Holder, listedOwner, scopeOf } from '../auth/permissions.ts'
import { findLiveProject } from '../projects/live-project.ts'
import { findUserNames } from '../users/users.service.ts'
import type { ReportRequest } from './report-request.ts'
import { type SectionName, sectionNames, type UsageSections } from './report-sections.ts'

/** What a report is about, for its reader and for the queries. */
export type ReportSubject = {
  heading: string
  ownerId: string | undefined
  projectId: string | undefined
}

type AuthorizeDeps = { db: ReadDb; sections: UsageSections }

/**
 * Lets the holder write the report of `makerId` that `request` asks for, or throws.
 * @returns what it is about, and the sections that it has: those asked for, or all that the holder may read
 * @throws 403, 404 for a project or account that he may not know of, 422 for sections that do not fit
 */
export const authorizeReport = async (
  { db, sections }: AuthorizeDeps,
  holder: Holder,
  makerId: string,
  request: ReportRequest,
): Promise<{ subject: ReportSubject; names: SectionName[] }> => {
  authorize(holder, 'reports:create', { name: 'report', ownerId: makerId })
  const subject = await findSubject(db, holder, { userId: makerId, ...request })
  const fitting = sectionNames.filter((name) => subject.projectId === undefined || sections[name].ofProjects)
  const faults = (request.sections ?? []).flatMap((name, index) =>
    fitting.includes(name)
      ? []
      : [{ path: `sections.${index}`, code: 'not_of_projects', message: 'Not known of one project.' }],
  )
  if (faults.length > 0) throw invalid(faults)
  if (request.sections !== undefined) {
    for (const name of request.sections) requireReading(holder, sections[name].permission, subject)
    // A section has its place, and comes once.
    return { subject, names: sectionNames.filter((name) => request.sections?.includes(name)) }
  }
  const names = fitting.filter((name) => reads(holder, sections[name].permission, subject))
  // Whoever may read nothing of it is told why.
  for (const name of names.length === 0 ? fitting : []) {
    requireReading(holder, sections[name].permission, subject)
  }
  return { subject, names }
}

const requireReading: typeof reads = (holder, permission, { ownerId }) => {
  const visible = listedOwner(holder, permission, ownerId)
  if (ownerId === undefined && visible !== undefined) throw forbidden()
  return true
}

const reads = (
  holder: Holder,
  permission: Parameters<typeof scopeOf>[1],
  { ownerId }: Pick<ReportSubject, 'ownerId'>,
): boolean => {
  const scope = scopeOf(holder, permission)
  return scope === 'any' || (scope === 'own' && ownerId === holder.userId)
}

const findSubject = async (
  db: ReadDb,
  holder: Holder,
  { projectId, userId, installation }: ReportRequest & { userId: string },
): Promise<ReportSubject> => {
  if (installation !== undefined) {
    if (scopeOf(holder, 'reports:create') !== 'any') throw forbidden()
    return { heading: 'The whole installation', ownerId: undefined, projectId: undefined }
  }
  if (projectId !== undefined) {
    const project = await findLiveProject(db, projectId)
    if (project === undefined) throw notFound('project')
    const { ownerId, name } = project
    authorize(holder, 'projects:read', { name: 'project', ownerId })
    return { heading: `Project ${name}`, ownerId, projectId }
  }
  authorize(holder, 'reports:create', { name: 'user', ownerId: userId })
  const name = (await findUserNames(db, [userId])).get(userId)
  if (name === undefined) throw notFound('user')
  // No address: that is for who may read users, which a report does not take.
  return { heading: `Account ${name ?? userId}`, ownerId: userId, projectId: undefined }
}
