import { expect, inject, test } from 'vitest'
import { checkDatabase } from './check-database.ts'

const urlWith = (change: Partial<Pick<URL, 'password' | 'pathname' | 'port' | 'hostname'>>) =>
  Object.assign(new URL(inject('testServerUrl')), change).href

test('a database that answers passes', async () => {
  await checkDatabase({ url: inject('testServerUrl'), ssl: false })
})

test.each([
  [{ password: 'hunter2' }, /cannot be used: it refuses this user or password\. Check/],
  [{ pathname: '/nowhere' }, /\(nowhere\) cannot be used: it has no such database\. Create it/],
  [{ port: '1' }, /^The database at 127\.0\.0\.1:1 \(\w+\) cannot be used: nothing listens there\./],
  [{ hostname: 'no-such-host.invalid' }, /cannot be used: its host name cannot be found/],
])('%o is explained in one line', async (change, line) => {
  const url = urlWith(change)
  const fault = await checkDatabase({ url, ssl: false }).catch((error: unknown) => error)
  expect(fault).toMatchObject({ name: 'StartFault', message: expect.stringMatching(line) })
  expect(String(fault)).not.toContain(new URL(url).password)
  expect(String(fault)).not.toContain('\n')
})

test('a server that does not speak TLS is explained when TLS is asked for', async () => {
  const url = inject('testServerUrl')
  await expect(checkDatabase({ url, ssl: true })).rejects.toThrow(
    /cannot be used: The server does not support SSL/,
  )
})
