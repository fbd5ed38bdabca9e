// Drives an Iterable sandbox with Iterable's own TypeScript client, which parses every answer against its schemas and
// throws when one does not fit. Prints one JSON array of { name, ok, error? }.
//
// usage: node conformance.mjs <email address> <hybrid address> <userId address> <api key>
import assert from "node:assert/strict";
import {
  IterableApiError,
  IterableClient,
  IterableNetworkError,
  IterableRawError,
  IterableResponseValidationError,
} from "@iterable/api";

const [emailUrl, hybridUrl, userIdUrl, apiKey] = process.argv.slice(2);
const results = [];

async function check(name, body) {
  try {
    await body();
    results.push({ name, ok: true });
  } catch (error) {
    results.push({ name, ok: false, error: String(error?.stack ?? error) });
  }
}

const connect = (baseUrl, key = apiKey) => new IterableClient({ apiKey: key, baseUrl, timeout: 10_000 });

async function fails(call, type, expected) {
  const error = await call.then(
    () => assert.fail("the call went well"),
    (thrown) => thrown,
  );
  assert.ok(error instanceof type, `${error?.constructor?.name}: ${error?.message}`);
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(error[name], value);
  }
  return error;
}

async function admin(baseUrl, method, path, body) {
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.text());
}

const arrays = ["invalid", "notFound", "invalidData", "conflict", "forgotten"].flatMap((name) => [
  `${name}Emails`,
  `${name}UserIds`,
]);

// The client's schema drops the arrays it does not list, so the raw answer is looked at beside it.
async function rawBulk(baseUrl, path, body) {
  const response = await fetch(new URL(path, baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json", "Api-Key": apiKey },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, 200);
  assert.deepEqual(Object.keys(answer.failedUpdates).sort(), [...arrays].sort());
  for (const name of arrays) {
    assert.ok(Array.isArray(answer.failedUpdates[name]), name);
  }
  return answer;
}

// ---- lists, email-based ----
const email = connect(emailUrl);
let listId;

await check("lists.create", async () => {
  ({ listId } = await email.createList({ name: "mixpanel_New Users_1", description: "made by a test" }));
  assert.ok(Number.isSafeInteger(listId));
});

await check("lists.get", async () => {
  const { lists } = await email.getLists();
  const list = lists.find((candidate) => candidate.id === listId);
  assert.equal(list.name, "mixpanel_New Users_1");
  assert.equal(list.description, "made by a test");
  assert.equal(list.listType, "Standard");
  assert.ok(Math.abs(Date.now() - list.createdAt) < 600_000);
});

await check("lists.subscribe", async () => {
  const outcome = await email.subscribeUserToList({
    listId,
    subscribers: [
      { email: "Ann@Example.com", dataFields: { plan: "gold" } },
      { email: "ben@example.com", userId: "ben-1" },
      { email: "cem@example.com" },
      { email: "no address" },
      { userId: "unknown" },
    ],
  });
  assert.equal(outcome.successCount, 3);
  assert.equal(outcome.failCount, 2);
  assert.deepEqual(outcome.invalidEmails, ["no address"]);
  assert.deepEqual(outcome.failedUpdates.invalidEmails, ["no address"]);
  assert.deepEqual(outcome.createdFields, ["plan"]);
});

await check("lists.getSize", async () => assert.deepEqual(await email.getListSize({ listId }), { size: 3 }));

await check("lists.getUsers", async () => {
  const { users } = await email.getListUsers({ listId });
  assert.deepEqual(users.map((user) => user.email).sort(), ["ann@example.com", "ben@example.com", "cem@example.com"]);
});

await check("lists.previewUsers", async () => {
  const { users } = await email.getListPreviewUsers({ listId, size: 2 });
  assert.equal(users.length, 2);
});

await check("lists.unsubscribe", async () => {
  const outcome = await email.unsubscribeUserFromList({
    listId,
    subscribers: [{ email: "cem@example.com" }, { email: "nobody@example.com" }],
  });
  assert.equal(outcome.successCount, 1);
  assert.equal(outcome.failCount, 1);
  assert.deepEqual(await email.getListSize({ listId }), { size: 2 });
});

await check("lists.failedUpdates has all ten arrays", async () => {
  const answer = await rawBulk(emailUrl, "/api/lists/unsubscribe", {
    listId,
    subscribers: [{ email: "nobody@example.com" }, { userId: "nobody" }],
    channelUnsubscribe: false,
  });
  assert.deepEqual(answer.failedUpdates.notFoundEmails, ["nobody@example.com"]);
  assert.deepEqual(answer.failedUpdates.notFoundUserIds, ["nobody"]);
});

await check("lists.empty reads", async () => {
  const empty = await email.createList({ name: "empty" });
  assert.deepEqual(await email.getListUsers(empty), { users: [] });
  assert.deepEqual(await email.getListPreviewUsers(empty), { users: [] });
  assert.deepEqual(await email.getListSize(empty), { size: 0 });
});

// ---- users ----
await check("users.getByEmail", async () => {
  const { user } = await email.getUserByEmail({ email: "BEN@example.com" });
  assert.equal(user.email, "ben@example.com");
  assert.equal(user.userId, "ben-1");
  assert.deepEqual(user.dataFields.emailListIds, [listId]);
});

await check("users.getByEmail of nobody", async () =>
  assert.deepEqual(await email.getUserByEmail({ email: "nobody@example.com" }), {}));

await check("users.getByUserId", async () =>
  assert.equal((await email.getUserByUserId({ userId: "ben-1" })).user.email, "ben@example.com"));

await check("users.update", async () => {
  const answer = await email.updateUser({ email: "ann@example.com", dataFields: { visits: 3 } });
  assert.equal(answer.code, "Success");
  const { user } = await email.getUserByEmail({ email: "ann@example.com" });
  assert.equal(user.dataFields.visits, 3);
  assert.equal(user.dataFields.plan, "gold");
});

await check("users.bulkUpdate", async () => {
  const outcome = await email.bulkUpdateUsers({
    users: [{ email: "ann@example.com", dataFields: { visits: 4 } }, { email: "bad" }, { email: "ben@example.com", dataFields: { visits: "many" } }],
  });
  assert.equal(outcome.successCount, 1);
  assert.equal(outcome.failCount, 2);
  const answer = await rawBulk(emailUrl, "/api/users/bulkUpdate", { users: [{ email: "ben@example.com", dataFields: { visits: "many" } }] });
  assert.deepEqual(answer.failedUpdates.invalidDataEmails, ["ben@example.com"]);
});

await check("users.getFields", async () => {
  const { fields } = await email.getUserFields();
  assert.equal(fields.visits, "long");
  assert.equal(fields.email, "string");
});

await check("users.updateEmail", async () => {
  await email.updateEmail({ currentEmail: "ann@example.com", newEmail: "anna@example.com" });
  assert.equal((await email.getUserByEmail({ email: "anna@example.com" })).user.dataFields.visits, 4);
  await fails(email.updateEmail({ currentEmail: "anna@example.com", newEmail: "ben@example.com" }), IterableApiError, {
    statusCode: 400,
    code: "EmailAlreadyExists",
  });
});

await check("users.deleteByEmail", async () => {
  assert.equal((await email.deleteUserByEmail({ email: "anna@example.com" })).code, "Success");
  assert.deepEqual(await email.getUserByEmail({ email: "anna@example.com" }), {});
});

await check("users.deleteByUserId", async () => {
  assert.equal((await email.deleteUserByUserId({ userId: "ben-1" })).code, "Success");
  assert.deepEqual(await email.getListSize({ listId }), { size: 0 });
});

// ---- errors ----
await check("errors.unknown list", () =>
  fails(email.subscribeUserToList({ listId: 999_999_999, subscribers: [] }), IterableApiError, {
    statusCode: 400,
    code: "Success",
    message: "error.lists.invalidListId(999999999)",
  }));

await check("errors.unknown list on a text endpoint", () =>
  fails(email.getListUsers({ listId: 999_999_999 }), IterableApiError, { statusCode: 400, message: "error.lists.invalidListId(999999999)" }));

await check("errors.bad key", () =>
  fails(connect(emailUrl, "not-a-key").getLists(), IterableApiError, { statusCode: 401, code: "BadApiKey" }));

await check("errors.batch too large", () =>
  fails(
    email.subscribeUserToList({ listId, subscribers: Array.from({ length: 1_001 }, (_, i) => ({ email: `p${i}@example.com` })) }),
    IterableApiError,
    { statusCode: 400, code: "BatchTooLarge" },
  ));

await check("errors.bad body", () =>
  fails(email.subscribeUserToList({ listId: "text", subscribers: [] }), IterableApiError, { statusCode: 400, code: "BadJsonBody" }));

await check("errors.unknown endpoint", () =>
  fails(email.getCampaignMetrics({ campaignId: 1 }), IterableRawError, { statusCode: 404, message: "Action not found" }));

await check("errors.conflict in an update", async () => {
  const hybrid = connect(hybridUrl);
  await hybrid.updateUser({ email: "a@example.com", userId: "a" });
  await hybrid.updateUser({ email: "b@example.com", userId: "b" });
  await fails(hybrid.updateUser({ email: "a@example.com", userId: "b" }), IterableApiError, { statusCode: 409, code: "ExternalKeyConflict" });
});

await check("errors.list in use", async () => {
  await admin(emailUrl, "PUT", `/sandbox/lists/${listId}/in-use`, { inUse: true });
  await fails(email.deleteList({ listId }), IterableApiError, { statusCode: 409 });
  await admin(emailUrl, "PUT", `/sandbox/lists/${listId}/in-use`, { inUse: false });
});

await check("errors.rate limit", async () => {
  await admin(emailUrl, "PUT", "/sandbox/settings", { rate: 1 });
  const calls = await Promise.allSettled(
    Array.from({ length: 4 }, () => email.unsubscribeUserFromList({ listId, subscribers: [] })),
  );
  await admin(emailUrl, "PUT", "/sandbox/settings", { rate: 0 });
  const refused = calls.filter((call) => call.status === "rejected").map((call) => call.reason);
  assert.ok(refused.length >= 2, `${refused.length} refused`);
  for (const error of refused) {
    assert.ok(error.isRateLimitError());
    assert.equal(error.code, "RateLimitExceeded");
    assert.ok(Number(error.cause.response.headers["retry-after"]) >= 1);
  }
});

for (const [kind, type, expected] of [
  ["status", IterableApiError, { statusCode: 503, code: "GenericError" }],
  ["html", IterableResponseValidationError, {}],
  ["cut", IterableNetworkError, {}],
  ["reset", IterableNetworkError, {}],
]) {
  await check(`faults.${kind}`, async () => {
    await admin(emailUrl, "POST", "/sandbox/faults", { kind, status: 503 });
    await fails(email.getLists(), type, expected);
    await email.getLists();
  });
}

await check("lists.delete", async () => {
  assert.equal((await email.deleteList({ listId })).code, "Success");
  await fails(email.deleteList({ listId }), IterableApiError, { statusCode: 400, message: `error.lists.invalidListId(${listId})` });
});

// ---- the other project types ----
await check("hybrid.rename, conflict and existing users only", async () => {
  const hybrid = connect(hybridUrl);
  const { listId: list } = await hybrid.createList({ name: "hybrid" });
  await hybrid.subscribeUserToList({ listId: list, subscribers: [{ email: "old@example.com", userId: "u1" }, { email: "two@example.com", userId: "u2" }, { userId: "u3" }] });
  await hybrid.subscribeUserToList({ listId: list, subscribers: [{ email: "new@example.com", userId: "u1" }] });
  assert.deepEqual(
    (await hybrid.getListUsers({ listId: list })).users.map((user) => user.email).sort(),
    ["new@example.com", "two@example.com", "u3"],
  );
  assert.deepEqual((await hybrid.getListPreviewUsers({ listId: list, preferUserId: true })).users.sort(), ["u1", "u2", "u3"]);
  const conflict = await rawBulk(hybridUrl, "/api/lists/subscribe", { listId: list, subscribers: [{ email: "new@example.com", userId: "u2" }] });
  assert.deepEqual(conflict.failedUpdates.conflictEmails, ["new@example.com"]);
  assert.deepEqual(conflict.failedUpdates.conflictUserIds, ["u2"]);
  const unknown = await hybrid.subscribeUserToList({ listId: list, subscribers: [{ email: "x@example.com" }], updateExistingUsersOnly: true });
  assert.equal(unknown.failCount, 1);
  assert.equal((await hybrid.getUserByUserId({ userId: "u3" })).user.email, "");
});

await check("userId.subscribe and read", async () => {
  const project = connect(userIdUrl);
  const { listId: list } = await project.createList({ name: "userId" });
  const outcome = await project.subscribeUserToList({
    listId: list,
    subscribers: [{ userId: "A b", preferUserId: true }, { userId: "u/2", email: "two@example.com" }, { userId: "bad " }],
  });
  assert.equal(outcome.successCount, 2);
  assert.deepEqual(outcome.failedUpdates.invalidUserIds, ["bad "]);
  assert.deepEqual((await project.getListPreviewUsers({ listId: list })).users.sort(), ["A b", "u/2"]);
  assert.equal((await project.getUserByUserId({ userId: "u/2" })).user.email, "two@example.com");
  await fails(project.deleteUserByEmail({ email: "two@example.com" }), IterableApiError, { statusCode: 400, code: "BadParams" });
});

console.log(JSON.stringify(results));
process.exit(0);
