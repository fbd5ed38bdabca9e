// A bare loop over Iterable's own client: subscribes addresses in batches of 1,000 and keeps nothing. It is what a push
// is compared with. Prints the seconds it took.
//
// usage: node official-client.mjs <folder with @iterable/api> <address of the server> <members> <calls in flight>
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, baseUrl, members, inFlight] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { IterableClient } = await import(pathToFileURL(require.resolve("@iterable/api")));

const client = new IterableClient({ apiKey: "bench-key", baseUrl, timeout: 60_000 });
const { listId } = await client.createList({ name: "official client" });
const batches = Math.ceil(members / 1000);
let next = 0;

async function push() {
  for (let batch = next++; batch < batches; batch = next++) {
    const subscribers = [];
    for (let n = batch * 1000; n < Math.min(members, (batch + 1) * 1000); n++) {
      subscribers.push({ email: `person.${n}@customers.example.com` });
    }
    const answer = await client.subscribeUserToList({ listId, subscribers });
    if (answer.successCount !== subscribers.length) {
      throw new Error(JSON.stringify(answer));
    }
  }
}

const started = performance.now();
await Promise.all(Array.from({ length: inFlight }, push));
console.log((performance.now() - started) / 1000);
