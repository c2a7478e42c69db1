// Chromium, through the recording proxy; and what people do in it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { RecordingProxy } from "./recording_proxy.mjs";
import { assertHoldsNoneOf } from "./secret_search.mjs";
import { ROOT } from "./world.mjs";

const CHROMIUM = "/usr/bin/chromium";
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 30_000); // of which a busy machine may need some

export class Browsers {
  #chromium;
  #proxy;
  #contexts = [];
  #complaints = [];
  #asked = new Set();

  static async start() {
    if (!existsSync(CHROMIUM)) throw new Error("there is no Chromium; deploy/install-dependencies tests installs it");
    const browsers = new Browsers();
    browsers.#proxy = await RecordingProxy.start();
    browsers.#chromium = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu"],
      proxy: { server: browsers.#proxy.url, bypass: "<-loopback>" },
    });
    return browsers;
  }

  /** A browser of its own, with cookies of its own. */
  async another(options = {}) {
    const context = await this.#chromium.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("console", (message) => {
      // An answer of 4xx is told there too; what breaks the page's own policy is what counts.
      if (/Content Security Policy|Uncaught/.test(message.text())) this.#complaints.push(message.text());
    });
    context.on("weberror", (error) => this.#complaints.push(String(error.error())));
    context.on("request", (request) => this.#asked.add(new URL(request.url()).host));
    this.#contexts.push(context);
    return context;
  }

  async page(options) {
    return (await this.another(options)).newPage();
  }

  /** The URL to which the provider sends a browser back, which does not get there. */
  async callbackAfter(act) {
    const callback = this.#proxy.nextFor(/^\/auth\//);
    await act();
    return callback;
  }

  /** Neither what the browsers received, nor what they keep or show, holds one of these; and no page broke a rule. */
  async assertClean(secrets, hosts) {
    assert.deepEqual(this.#complaints, []);
    assert.deepEqual([...this.#asked].filter((host) => host !== "" && !hosts.includes(host)), [], "pages asked others");
    const places = [];
    for (const { url, headers, body, encoding } of this.#proxy.received) {
      assert.ok(encoding === undefined, `${url} came compressed, so nobody looked into it`);
      places.push([`the headers of ${url}`, headers], [`the body of ${url}`, body]);
    }
    assert.ok(places.length > 10, "the browsers did not come through the proxy");
    for (const context of this.#contexts) {
      places.push(["cookies and storage", JSON.stringify([await context.cookies(), await context.storageState()])]);
      for (const page of context.pages()) {
        places.push([`the page ${page.url()}`, `${page.url()}\n${await page.content()}`]);
        const kept = await page.evaluate(() => JSON.stringify([
          document.cookie, { ...localStorage }, { ...sessionStorage },
        ])).catch((error) => {
          if (!/denied|insecure/i.test(String(error))) throw error; // about:blank and the like have no storage
          return "";
        });
        places.push([`the storage of ${page.url()}`, kept]);
      }
    }
    assertHoldsNoneOf(secrets, places);
    return places.length;
  }

  async stop() {
    await this.#chromium?.close();
    await this.#proxy?.stop();
  }
}

/** On the provider's consent page. */
export async function decide(page, decision, user = "alice") {
  await page.getByRole("heading", { name: /^Allow .* to sign you in/ }).waitFor();
  await page.getByRole("radio", { name: new RegExp(`@${user}`) }).check();
  await page.getByRole("button", { name: decision, exact: true }).click();
}

/** Kept as output of the tests. */
export async function screenshot(page, name) {
  const folder = process.env.OAUTH1D_BROWSER_OUT ?? join(ROOT, "build/browser");
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
}

/** Nothing is wider than the window. */
export async function assertNoSidewaysScroll(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${page.url()} is ${content} wide in a window of ${window}`);
}
