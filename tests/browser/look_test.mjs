// The gateway's page by keyboard, on a phone, in the light and in the dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browsers, assertNoSidewaysScroll, decide, screenshot } from "./support/browser.mjs";
import { assertReadable } from "./support/contrast.mjs";
import { World } from "./support/world.mjs";

const PHONE = { width: 360, height: 740 };
let world, browsers;

before(async () => {
  world = await World.start("gateway");
  browsers = await Browsers.start();
});
after(async () => {
  await browsers?.stop();
  await world?.stop();
});

/** Presses Tab until this has the focus, which can be seen. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 25; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not get to ${wanted}`);
}

async function hasVisibleFocus(page) {
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid");
}

test("by keyboard alone: log in, make a call, log out", async () => {
  const page = await browsers.page();
  await page.goto(`${world.url}/`);
  await page.locator(".skip").waitFor();
  await tabTo(page, page.getByRole("link", { name: "Skip to the content" }));
  await tabTo(page, page.getByRole("link", { name: /^Log in with/ }));
  await hasVisibleFocus(page);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /^Allow/ }).waitFor();
  await tabTo(page, page.getByRole("radio").first());
  await page.keyboard.press("ArrowDown"); // to bob
  await tabTo(page, page.getByRole("button", { name: "Allow" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "bob" }).waitFor();

  await tabTo(page, page.getByLabel("Path"));
  await hasVisibleFocus(page);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("echo");
  await page.keyboard.press("Enter");
  await page.locator("#body", { hasText: "/1.1/echo" }).waitFor();
  await tabTo(page, page.locator("#body"));
  await hasVisibleFocus(page);

  await page.locator("body").press("Home");
  await page.getByRole("button", { name: /^Log out/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Logged out" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "welcome-title");
});

for (const colorScheme of ["light", "dark"]) {
  test(`on a phone and on a desk, ${colorScheme}`, async () => {
    const page = await browsers.page({ colorScheme, viewport: PHONE, reducedMotion: "reduce" });
    const look = async (name) => {
      await page.setViewportSize(PHONE);
      await assertNoSidewaysScroll(page);
      await screenshot(page, `page-${name}-phone-${colorScheme}`);
      await page.setViewportSize({ width: 1200, height: 780 });
      await assertNoSidewaysScroll(page);
      await screenshot(page, `page-${name}-desk-${colorScheme}`);
      await assertReadable(page);
    };
    await page.goto(`${world.url}/`);
    await page.getByRole("link", { name: /^Log in with/ }).waitFor();
    await look("welcome");
    await page.getByRole("link", { name: /^Log in with/ }).click();
    await decide(page, "Deny");
    await page.getByRole("alert").waitFor();
    await look("denied");
    await page.getByRole("link", { name: "Log in again" }).click();
    await decide(page, "Allow");
    await page.getByRole("heading", { level: 1, name: "alice" }).waitFor();
    await page.getByLabel("Parameters").fill("lang=en");
    await page.getByRole("button", { name: "Sign and send" }).click();
    await page.getByRole("status").getByText("200").waitFor();
    await page.locator("summary").click();
    await look("call");
  });
}
