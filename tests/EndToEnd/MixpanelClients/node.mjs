// Drives Muster with Mixpanel's own Node SDK: node node.mjs URL TOKEN SECRET. Prints one JSON line: what each call was answered.
import http from 'node:http';
import https from 'node:https';
import fs from 'node:fs';
import Mixpanel from 'mixpanel';

const [url, token, secret, certificate, key] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const calls = [];
const call = (name, run) => new Promise((resolve) => {
  run((error) => {
    const errors = [error].flat().filter(Boolean);
    calls.push({ name, error: errors.length === 0 ? null : String(errors[0]?.message ?? errors[0]) });
    resolve();
  });
});

const config = { host: `${hostname}:${port}`, protocol: 'http', path: '' };
for (const [kind, more] of [['plain', {}], ['verbose', { verbose: true }], ['geolocate', { geolocate: true, test: true }]]) {
  const client = Mixpanel.init(token, { ...config, ...more });
  await call(`${kind} track`, (done) => client.track('Node Track', { distinct_id: `node-${kind}`, text: 'Grüße 🙂 >>>???', n: 1.5 }, done));
  await call(`${kind} track of 60 KB`, (done) => client.track('Node Long', {
    distinct_id: `node-${kind}`, ...Object.fromEntries(Array.from({ length: 180 }, (_, i) => [`p${i}`, 'x'.repeat(250)])),
  }, done));
  await call(`${kind} track_batch`, (done) => client.track_batch(
    Array.from({ length: 120 }, (_, i) => ({ event: 'Node Batch', properties: { distinct_id: `node-${kind}`, time: new Date(), i, text: '🙂>>>???'.repeat(i % 5) } })),
    { max_batch_size: 50 }, done));
  await call(`${kind} alias`, (done) => client.alias(`node-${kind}`, `node-${kind}-alias`, done));
}

const { people, groups } = Mixpanel.init(token, config);
const who = 'node-person';
await call('people.set', (done) => people.set(who, { $email: 'node@example.com', plan: 'free', bad: 1, when: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)) }, done));
await call('people.set of one', (done) => people.set(who, 'plan', 'pro', done));
await call('people.set_once', (done) => people.set_once(who, { plan: 'never', first: 1 }, done));
await call('people.increment', (done) => people.increment(who, 'logins', done));
await call('people.increment by', (done) => people.increment(who, { logins: 4, coins: -2 }, done));
await call('people.append', (done) => people.append(who, { seen: 'a' }, done));
await call('people.append again', (done) => people.append(who, { seen: 'a' }, done));
await call('people.union', (done) => people.union(who, { tags: ['x', 'y'] }, done));
await call('people.union scalar', (done) => people.union(who, { tags: 'x' }, done));
await call('people.remove', (done) => people.remove(who, { tags: 'y' }, done));
await call('people.track_charge', (done) => people.track_charge(who, 12.5, { $time: '2026-01-02T03:04:05' }, done));
await call('people.unset', (done) => people.unset(who, ['bad'], done));
await call('people.set ignoring time', (done) => people.set(who, { quiet: true }, { $ignore_time: true, $ip: '0' }, done));
await call('people.set of another', (done) => people.set('node-gone', { a: 1 }, done));
await call('people.delete_user', (done) => people.delete_user('node-gone', done));
await call('groups.set', (done) => groups.set('company', 'Acme', { plan: 'pro', bad: 1 }, done));
await call('groups.set_once', (done) => groups.set_once('company', 'Acme', { plan: 'never', since: 2020 }, done));
await call('groups.union', (done) => groups.union('company', 'Acme', { tags: ['x', 'y'] }, done));
await call('groups.remove', (done) => groups.remove('company', 'Acme', { tags: 'y' }, done));
await call('groups.unset', (done) => groups.unset('company', 'Acme', ['bad'], done));
await call('groups.set of another', (done) => groups.set('company', 'Gone', { a: 1 }, done));
await call('groups.delete_group', (done) => groups.delete_group('company', 'Gone', done));

// The SDK imports over TLS alone: a proxy in front, as an operator would have it.
const proxy = https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, (request, response) => {
  const forward = http.request({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  request.pipe(forward);
});
await new Promise((resolve) => proxy.listen(0, 'localhost', resolve));
const importer = Mixpanel.init(token, { host: `localhost:${proxy.address().port}`, protocol: 'https', path: '', secret });
const past = new Date(Date.now() - 400 * 24 * 3600 * 1000);
await call('import', (done) => importer.import('Node Import', past, { distinct_id: 'node-import', text: '🙂>>>' }, done));
await call('import_batch', (done) => importer.import_batch(
  Array.from({ length: 120 }, (_, i) => ({ event: 'Node Import Batch', properties: { distinct_id: 'node-import', time: past, $insert_id: `b-${i}` } })), { max_batch_size: 50 }, done));

// An SDK says so when it is refused.
const stranger = Mixpanel.init('no-such-token', { ...config, verbose: true });
await call('refused', (done) => stranger.track('Refused', { distinct_id: 'x' }, done));

console.log(JSON.stringify(calls));
proxy.closeAllConnections();
proxy.close();
