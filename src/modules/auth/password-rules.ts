import { readFileSync } from 'node:fs'
import { invalidField } from '../../platform/errors.ts'

/** Of eight characters or more, since shorter ones are refused anyhow; one a line, in lower case. */
const common = new Set(
  readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean),
)

/** Runs that fingers find without thinking: the alphabet, digits, and the rows of keyboards. */
const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
]
const longestRepeatedUnit = 4

/**
 * Refuses passwords that guessing tools try first (NIST SP 800-63B: commonly used, repetitive, sequential, the user's own
 * name or address). There are no rules about kinds of characters.
 * @throws 422 with the rule's code
 */
export const requireGoodPassword = (
  password: string,
  owner: { email: string; name: string | null },
  field: string,
): void => {
  const plain = password.normalize('NFKC').toLowerCase()
  if (common.has(plain)) {
    throw invalidField(field, 'too_common', 'This password is one of the most common ones. Choose another.')
  }
  if (isRepetition(plain) || isRun(plain)) {
    throw invalidField(field, 'too_simple', 'This password is a repetition or a sequence. Choose another.')
  }
  const own = [owner.email, owner.email.split('@')[0], owner.name?.toLowerCase()]
  if (own.includes(plain)) {
    throw invalidField(field, 'too_personal', 'The password may not be your name or e-mail address.')
  }
}

const isRepetition = (text: string): boolean => {
  for (let length = 1; length <= longestRepeatedUnit; length += 1) {
    const unit = text.slice(0, length)
    if (unit.repeat(Math.ceil(text.length / length)).slice(0, text.length) === text) return true
  }
  return false
}

const isRun = (text: string): boolean => {
  const reversed = [...text].reverse().join('')
  return runs.some((run) => `${run}${run}`.includes(text) || `${run}${run}`.includes(reversed))
}
