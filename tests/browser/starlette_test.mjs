// The Starlette demo, as a person clicks through it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browsers, assertNoSidewaysScroll, decide, screenshot } from "./support/browser.mjs";
import { World } from "./support/world.mjs";

const LOG_IN = { name: "Log in with Twitter" };
let world, browsers;

before(async () => {
  world = await World.start("starlette");
  browsers = await Browsers.start();
});
after(async () => {
  await browsers?.stop();
  await world?.stop();
});

async function toTheProvider(page) {
  await page.goto(`${world.url}/`);
  await page.getByRole("link", LOG_IN).click();
}

async function greets(page, user) {
  await page.getByRole("heading", { name: `Hello, ${user}` }).waitFor();
  assert.equal(JSON.parse(await page.locator("pre").textContent()).screen_name, user);
}

test("alice logs in and sees her profile, which a signed call got", async () => {
  const page = await browsers.page();
  await toTheProvider(page);
  await decide(page, "Allow");
  await greets(page, "alice");
  await screenshot(page, "starlette-profile");
});

test("who says no is told that nothing was shared", async () => {
  const page = await browsers.page();
  await toTheProvider(page);
  await decide(page, "Deny");
  await page.getByRole("heading", { name: "You said no" }).waitFor();
  assert.match(await page.getByRole("alert").textContent(), /Nothing was shared/);
  await screenshot(page, "starlette-denied");
});

test("two tabs at once both finish, each with its own user", async () => {
  const browser = await browsers.another();
  const [first, second] = [await browser.newPage(), await browser.newPage()];
  await toTheProvider(first);
  await toTheProvider(second);
  await decide(first, "Allow", "alice");
  await decide(second, "Allow", "bob");
  await greets(first, "alice");
  await greets(second, "bob");
});

test("a callback pasted into a second browser is refused, and the first still finishes", async () => {
  const [first, second] = [await browsers.page(), await browsers.page()];
  await toTheProvider(first);
  const callback = await browsers.callbackAfter(() => decide(first, "Allow"));
  const refused = await second.goto(callback);
  assert.ok([400, 403].includes(refused.status()), `${refused.status()}`);
  await second.getByRole("heading", { name: "This login is not open in this browser" }).waitFor();
  await screenshot(second, "starlette-second-browser");
  await first.goto(callback);
  await greets(first, "alice");
});

test("a login that is no longer open says so", async () => {
  const page = await browsers.page();
  await toTheProvider(page);
  await page.getByRole("heading", { name: /^Allow/ }).waitFor();
  await world.restartOauth1d();
  await decide(page, "Allow");
  await page.getByRole("heading", { name: "That took too long" }).waitFor();
  await page.getByRole("link", { name: "Log in again" }).click();
  await decide(page, "Allow", "bob");
  await greets(page, "bob");
});

test("it fits a phone", async () => {
  const page = await browsers.page({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await toTheProvider(page);
  await decide(page, "Allow");
  await greets(page, "alice");
  await assertNoSidewaysScroll(page);
  await screenshot(page, "starlette-phone-dark");
});

test("nothing that the browsers received holds a secret", async () => {
  const secrets = world.secrets();
  assert.ok(secrets.length > 10, `${secrets.length} secrets: temporary ones and tokens' of the logins above`);
  const hosts = [world.url, world.providerUrl].map((url) => new URL(url).host);
  assert.ok((await browsers.assertClean(secrets, hosts)) > 40);
});
