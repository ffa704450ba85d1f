import { expect, test } from 'vitest'
import { connect } from '../harness/send.ts'
import { signInAs } from '../harness/people.ts'
import { startTestApp } from '../harness/test-app.ts'
const part = (f: string, c: string, file: string | null) =>
  `--edge\r\nContent-Disposition: form-data; name="${f}"${file === null ? '' : `; filename="${file}"`}\r\n\r\n${c}\r\n`
test('x', { timeout: 60_000 }, async () => {
  const b = await startTestApp()
  const u = await signInAs(b, 'user')
  const bodies: Record<string, string> = {
    twoFiles: `${part('file', 'id\n1\n', 'a.csv')}${part('file', 'id\n1\n', 'a.csv')}--edge--\r\n`,
    otherField: `${part('image', 'id\n1\n', 'a.csv')}${part('x', 'y', null)}--edge--\r\n`,
    fieldTwice: `${part('name', 'a', null)}${part('name', 'a', null)}${part('file', 'id\n1\n', 'a.csv')}--edge--\r\n`,
    unended: `${part('file', 'id\n1\n', 'a.csv')}--edge`,
    unended2: `${part('name', 'a', null)}`,
    exe: `${part('file', 'MZ\u0000\u0001', 'a.png')}--edge--\r\n`,
    many: `${part('a', 'a', null).repeat(14)}--edge--\r\n`,
    proto: `${part('__proto__', 'a', null)}--edge--\r\n`,
    protofile: `${part('constructor', 'a', 'a.csv')}${part('file', 'id\n1\n', 'a.csv')}--edge--\r\n`,
    big: `${part('name', 'x'.repeat(60_000), null)}--edge--\r\n`,
    bigfile: `${part('file', 'x'.repeat(600_000), 'a.bin')}--edge--\r\n`,
    big2: `${part('x', 'y', 'a.csv')}${part('name', 'x'.repeat(600_000), null)}--edge--\r\n`,
    nul: `${part('name', '\0', null)}${part('file', 'id\n1\n', 'a.csv')}--edge--\r\n`,
    junk: 'hello',
    empty: '',
  }
  for (const url of ['/v1/upload', '/v1/generations'])
  for (const [name, body] of Object.entries(bodies)) for (const boundary of ['edge', 'other']) {
    const { socket, received, closed } = connect(b.url)
    let isClosed = false
    void closed.then(() => { isClosed = true })
    const payload = Buffer.from(body)
    socket.write(Buffer.concat([Buffer.from(`POST ${url} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${u.token}\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${payload.length}\r\n\r\n`), payload]))
    await new Promise((r) => setTimeout(r, 250))
    const text = received()
    console.log(url, name, boundary, text.slice(9, 12), /connection: [\w-]+/i.exec(text)?.[0], /"code":"\w+"/.exec(text)?.[0], 'closed:', isClosed)
    socket.destroy()
  }
  await b.close()
})
