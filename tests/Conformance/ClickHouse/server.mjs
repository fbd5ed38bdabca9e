// ClickHouse's engine in this process, behind as much of its HTTP interface as the .NET client needs:
//   node server.mjs FOLDER
// It prints its port, keeps its data in FOLDER, and ends when its standard input does.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

// Parameters come as a server takes them, with their escapes: the package is not to add its own.
const require = createRequire(import.meta.url);
require(join(dirname(require.resolve('chdb')), 'dist', 'serialize.js')).formatParamValue = (value) => value;
const session = new (require('chdb').Session)(process.argv[2]);
// For what is asked here threads cost more than they save.
await session.queryAsync('SET max_threads = 1');

/** The parts of a form. Node's own reader wants names in quotes, which the client does not write. */
function* parts(body, boundary) {
  for (const part of body.toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf('\r\n\r\n');
    yield [/ name="?([^"\r\n;]+)/.exec(part.slice(0, end))[1], Buffer.from(part.slice(end + 4, -2), 'latin1').toString()];
  }
}

/** The statement and its parameters: in a form, or the body and the address. */
async function read(request, address) {
  let body = await buffer(request);
  if (request.headers['content-encoding'] === 'gzip') {
    body = gunzipSync(body);
  }

  const boundary = /^multipart\/form-data;.*boundary="?([^"]+)/.exec(request.headers['content-type'] ?? '')?.[1];
  const fields = new Map([...address.searchParams, ...(boundary ? parts(body, boundary) : [['query', body.toString()]])]);
  const parameters = Object.fromEntries([...fields].filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice('param_'.length), value]));
  return { sql: fields.get('query'), parameters, format: fields.get('default_format') ?? 'TabSeparated' };
}

const server = createServer(async (request, response) => {
  try {
    const { sql, parameters, format } = await read(request, new URL(request.url, 'http://localhost'));
    const result = await session.queryBindAsync(sql, parameters, { format });
    response.setHeader('X-ClickHouse-Format', format);
    response.end(result.bytes());
  } catch (error) {
    response.statusCode = 500;
    response.end(error.message);
  }
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
