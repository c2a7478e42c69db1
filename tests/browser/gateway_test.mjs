// The gateway's page, as a person clicks through it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browsers, decide, screenshot } from "./support/browser.mjs";
import { World } from "./support/world.mjs";

let world, browsers;

before(async () => {
  world = await World.start("gateway");
  browsers = await Browsers.start();
});
after(async () => {
  await browsers?.stop();
  await world?.stop();
});

async function toTheProvider(page) {
  await page.goto(`${world.url}/`);
  await page.getByRole("link", { name: "Log in with Twitter (the sandbox)" }).click();
}

async function logIn(page, user = "alice") {
  await toTheProvider(page);
  await decide(page, "Allow", user);
  await greets(page, user);
}

/** The card with what a signed GET brought. */
async function greets(page, user) {
  await page.getByRole("heading", { level: 1, name: user }).waitFor();
  await page.locator("#accounts dd", { hasText: new RegExp(`^${user}$`) }).waitFor();
}

async function send(page, { method = "GET", path, parameters = "" }) {
  await page.getByLabel("Method").selectOption(method);
  await page.getByLabel("Path").fill(path);
  await page.getByLabel("Parameters").fill(parameters);
  await page.getByRole("button", { name: "Sign and send" }).click();
}

/** The title of what the page tells, and its URL, which tells nothing any more. */
async function isTold(page, title) {
  const alert = page.getByRole("alert").filter({ has: page.getByRole("heading", { name: title }) });
  await alert.waitFor();
  assert.equal(page.url(), `${world.url}/`);
  return alert;
}

test("alice logs in, sees her profile, makes signed calls, and logs out", async () => {
  const page = await browsers.page();
  await logIn(page);
  await send(page, { path: "account/verify_credentials.json" });
  await page.getByRole("status").getByText("200").waitFor();
  assert.equal(JSON.parse(await page.locator("#body").textContent()).screen_name, "alice");
  assert.match(await page.getByRole("status").textContent(), /in \d+ ms/);
  await screenshot(page, "gateway-profile");

  await send(page, { path: "echo", parameters: "caf%C3%A9=a+b&twice=1&twice=2" });
  await page.locator("#body", { hasText: "/1.1/echo" }).waitFor();
  const echoed = JSON.parse(await page.locator("#body").textContent());
  assert.equal(echoed.target, "/1.1/echo?caf%C3%A9=a%20b&twice=1&twice=2");
  assert.equal(echoed.identity.screen_name, "alice");

  await page.getByRole("button", { name: /^Log out/ }).click();
  await page.getByRole("heading", { name: "Logged out" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: /^Log in with/ }).waitFor();
});

test("a POST is sent as a form, and what the configuration does not list is not sent", async () => {
  const page = await browsers.page();
  await logIn(page, "bob");
  await send(page, { method: "POST", path: "echo", parameters: "status=hello" });
  await page.locator("#body", { hasText: '"POST"' }).waitFor();
  const echoed = JSON.parse(await page.locator("#body").textContent());
  assert.equal(Buffer.from(echoed.body_base64, "base64").toString(), "status=hello");
  await send(page, { path: "statuses/home.json" });
  await page.getByRole("status").getByText("DESTINATION_DENIED").waitFor();
  assert.ok(await page.locator("#body").isHidden());
});

test("who says no is told that nothing was shared, and may try again", async () => {
  const page = await browsers.page();
  await toTheProvider(page);
  await decide(page, "Deny");
  const alert = await isTold(page, "You said no");
  assert.match(await alert.textContent(), /Nothing was shared/);
  await screenshot(page, "gateway-denied");
  await alert.getByRole("link", { name: "Log in again" }).click();
  await decide(page, "Allow");
  await greets(page, "alice");
});

test("two tabs at once both finish", async () => {
  const browser = await browsers.another();
  const [first, second] = [await browser.newPage(), await browser.newPage()];
  await toTheProvider(first);
  await toTheProvider(second);
  await decide(first, "Allow", "alice");
  await greets(first, "alice");
  await decide(second, "Allow", "bob");
  await greets(second, "bob"); // one session: the later login stands
});

test("a callback pasted into a second browser is refused, and the first still finishes", async () => {
  const [first, second] = [await browsers.page(), await browsers.page()];
  await toTheProvider(first);
  const callback = await browsers.callbackAfter(() => decide(first, "Allow"));
  await second.goto(callback);
  await isTold(second, "Another browser began this login");
  await screenshot(second, "gateway-second-browser");
  // Also where that browser is in the middle of a login of its own.
  await toTheProvider(second);
  await second.goto(callback);
  await isTold(second, "Another browser began this login");
  await first.goto(callback);
  await greets(first, "alice");
});

test("a login that is no longer open says so, and the next one works", async () => {
  const page = await browsers.page();
  await toTheProvider(page);
  await page.getByRole("heading", { name: /^Allow/ }).waitFor();
  await world.restartOauth1d();
  await decide(page, "Allow");
  const alert = await isTold(page, "That took too long");
  await screenshot(page, "gateway-expired");
  await alert.getByRole("link", { name: "Log in again" }).click();
  await decide(page, "Allow", "bob");
  await greets(page, "bob");
});

test("without JavaScript one can log in, and is told what went wrong", async () => {
  const page = await browsers.page({ javaScriptEnabled: false });
  await toTheProvider(page);
  await decide(page, "Deny");
  await page.getByRole("alert").getByText("You said no").waitFor();
  await page.getByRole("link", { name: /^Log in with/ }).click();
  await decide(page, "Allow");
  await page.getByText("Logged in with Twitter (the sandbox) as alice").waitFor();
});

test("a session that ended while the page was open asks for a login", async () => {
  const browser = await browsers.another();
  const page = await browser.newPage();
  await logIn(page);
  await browser.clearCookies();
  await send(page, { path: "echo" });
  await isTold(page, "Your login has ended");
  await page.getByRole("link", { name: /^Log in with/ }).waitFor();
});

test("what a link claims in the URL is never shown as it is", async () => {
  const page = await browsers.page();
  await page.goto(`${world.url}/?login_error=%3Cb%3Ecall+me%3C%2Fb%3E&provider=nobody`);
  await isTold(page, "That did not work");
  assert.ok(!(await page.locator("body").innerText()).includes("call me"));
});

test("nothing that the browsers received holds a secret", async () => {
  const secrets = world.secrets();
  assert.ok(secrets.length > 12, `${secrets.length} secrets: temporary ones and tokens' of the logins above`);
  const hosts = [world.url, world.providerUrl].map((url) => new URL(url).host);
  assert.ok((await browsers.assertClean(secrets, hosts)) > 80);
});
