import { z } from 'zod'
import { chosen, fieldsOf } from '../../platform/http/selected-fields.ts'
import { type KeyKind, sortedPageQuery } from '../../platform/http/sorted-paging.ts'
import { roles } from '../auth/permissions.ts'
import type { UserRow } from './users.table.ts'

const longestEmail = 254
const longestName = 100
const leastPassword = 8
const mostPassword = 128

/** RFC 5321 bounds an address to 254 characters. Its letters' case is not told apart. */
export const emailField = z
  .email()
  .max(longestEmail)
  .toLowerCase()
  .meta({ examples: ['ada@example.com'] })

export const nameField = z
  .string()
  .trim()
  .min(1)
  .max(longestName)
  .regex(
    /^[^\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/u,
    'No control characters, nor such as turn the direction of text.',
  )

/** A password to set. Characters are counted as Unicode code points of the composed form. */
export const newPasswordField = z
  .string()
  .max(1_024)
  .refine(hasPasswordLength, `Between ${leastPassword} and ${mostPassword} characters.`)
  .meta({ format: 'password', minLength: leastPassword, maxLength: mostPassword })

function hasPasswordLength(password: string): boolean {
  const { length } = [...password.normalize('NFC')]
  return length >= leastPassword && length <= mostPassword
}

/** A password to check: any text, since what was a password once must still sign in. */
export const passwordField = z.string().min(1).max(1_024).meta({ format: 'password' })

export const userParams = z.object({ id: z.uuid() })

export const userSchema = z
  .object({
    id: z.uuid(),
    email: z.email(),
    name: z.string().nullable(),
    role: z.enum(roles),
    emailVerified: z.boolean(),
    disabled: z.boolean(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'User' })

/** A user as a request wants him shown. */
export const shownUserSchema = userSchema.partial().meta({ id: 'ShownUser' })
export type UserField = keyof z.infer<typeof userSchema>

const fields = fieldsOf(userSchema).describe('Only these, with commas between. All when left out.')

export const getUserQuery = z.object({ fields })

/** How the list can be sorted, and what kind of value each goes by: ids stand for the time when they were made. */
export const userSortKinds = {
  createdAt: 'none',
  name: 'text',
  email: 'text',
} as const satisfies Record<string, KeyKind>
export type UserSort = keyof typeof userSortKinds

export const listUsersQuery = sortedPageQuery.extend({
  q: z.string().trim().min(1).max(100).optional().describe('A part of the e-mail address or name.'),
  role: z.enum(roles).optional(),
  disabled: z.stringbool().optional(),
  sort: z
    .enum(['createdAt', '-createdAt', 'name', '-name', 'email', '-email'])
    .default('-createdAt')
    .describe('A minus turns the order around. Whoever has no name comes before all names.'),
  fields,
})
export type ListUsers = z.infer<typeof listUsersQuery>

export const createUserBody = z.strictObject({
  email: emailField,
  name: nameField.optional(),
  role: z.enum(roles).default('user'),
  password: newPasswordField
    .optional()
    .describe('Without it the user is sent an invitation with a link for choosing one.'),
})
export type CreateUser = z.infer<typeof createUserBody>

export const updateUserBody = z
  .strictObject({
    name: nameField.optional(),
    role: z.enum(roles).optional().describe('Only admins, and not their own.'),
    disabled: z.boolean().optional().describe('Only admins, and not themselves. Ends all sessions.'),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'Name at least one field to change.')
export type UpdateUser = z.infer<typeof updateUserBody>

export const deleteUserBody = z
  .strictObject({
    password: passwordField.describe('Your own, when you delete your own account.').optional(),
  })
  .nullish()

export const viewUser = (user: UserRow) => ({
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  emailVerified: user.emailVerifiedAt !== null,
  disabled: user.disabledAt !== null,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
})

export const viewUserAs = (user: UserRow, fields: UserField[] | undefined) =>
  fields === undefined ? viewUser(user) : chosen(viewUser(user), fields)
