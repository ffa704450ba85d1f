import http from 'node:http'
import pg from 'pg'

/** The limit that `http.ts` measures Backlot by: one row as JSON, with nothing around it. No identity, no checks, no log. */
const [databaseUrl = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })

const server = http.createServer(async (request, response) => {
  const id = request.url?.split('/').at(-1)
  const { rows } = await pool.query({
    name: 'find_generation',
    text: 'select * from generations where id = $1',
    values: [id],
  })
  const body = JSON.stringify({ success: true, data: rows[0] })
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    process.send?.({ type: 'ready', address: `http://127.0.0.1:${address.port}` })
  }
})
process.on('disconnect', () => process.exit(0))
