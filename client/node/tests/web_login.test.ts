import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";

import * as oauth1d from "oauth1d";
import { OAuth } from "oauth1d/web";

import { Browser } from "./browser.js";
import { fakeService } from "./fixture.js";

const CALLBACK = "http://127.0.0.1:8000/auth/twitter";
const PROFILE = "account/verify_credentials.json";

describe("a login with Request and Response", () => {
  const service = fakeService({ providers: [{ name: "twitter", authorizeParameters: ["lang", "force_login"] }] });

  function app(): { oauth: OAuth; twitter: ReturnType<OAuth["client"]> } {
    const oauth = new OAuth({ settings: service().settings });
    return { oauth, twitter: oauth.client("twitter") };
  }

  async function begin(twitter: ReturnType<OAuth["client"]>, browser: Browser, callback = CALLBACK): Promise<string> {
    const response = await twitter.authorizeRedirect(browser.request("http://127.0.0.1:8000/login"), callback, {
      appState: "/cart",
    });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("cache-control"), "no-store");
    browser.take(response);
    return response.headers.get("location") ?? "";
  }

  test("alice logs in, and a signed request is hers", async () => {
    const { twitter } = app();
    const browser = new Browser();
    const back = service().approve(await begin(twitter, browser), "alice");
    const token = await twitter.authorizeAccessToken(browser.request(back));
    assert.equal(token.get("screen_name"), "alice");
    assert.equal(token.appState, "/cart");
    const answer = await twitter.get(PROFILE, { token });
    assert.equal(answer.throwForStatus().json().screen_name, "alice");
    browser.take(token.deleteCookie(Response.redirect("http://127.0.0.1:8000/")));
    assert.equal(browser.cookies.size, 0);
  });

  test("the cookie is HttpOnly and Lax, and __Host- and Secure where the callback is https", async () => {
    const { twitter } = app();
    const browser = new Browser();
    await begin(twitter, browser);
    await begin(twitter, browser, "https://app.example/auth/twitter");
    assert.match(browser.setCookies[0] ?? "", /^oauth1-[\w-]{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    assert.match(browser.setCookies[1] ?? "", /^__Host-oauth1-[\w-]{16}=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  test("two tabs at once finish in either order", async () => {
    const { twitter } = app();
    const browser = new Browser();
    const first = await begin(twitter, browser);
    const second = await begin(twitter, browser);
    for (const [redirect, user] of [[second, "bob"], [first, "alice"]] as const) {
      const token = await twitter.authorizeAccessToken(browser.request(service().approve(redirect, user)));
      assert.equal(token.get("screen_name"), user);
    }
  });

  test("a callback pasted into another browser is refused, and the right one can still finish", async () => {
    const { twitter } = app();
    const [right, other] = [new Browser(), new Browser()];
    const back = service().approve(await begin(twitter, right));
    await begin(twitter, other);
    await assert.rejects(twitter.authorizeAccessToken(other.request(back)), oauth1d.BindingMismatch);
    assert.equal((await twitter.authorizeAccessToken(right.request(back))).get("screen_name"), "alice");
  });

  test("a denial leads back to where the user was", async () => {
    const { twitter } = app();
    const browser = new Browser();
    const back = service().deny(await begin(twitter, browser));
    await assert.rejects(twitter.authorizeAccessToken(browser.request(back)), (error) =>
      error instanceof oauth1d.UserDenied && error.appState === "/cart" && error.reason === "USER_DENIED");
  });

  test("a login that took too long is not found", async () => {
    const { twitter } = app();
    const browser = new Browser();
    const redirect = await begin(twitter, browser);
    const back = service().approve(redirect);
    service().expire(redirect);
    await assert.rejects(twitter.authorizeAccessToken(browser.request(back)), oauth1d.FlowNotFound);
  });

  test("the query goes to the service as the browser sent it", async () => {
    const { twitter } = app();
    const browser = new Browser();
    const back = service().approve(await begin(twitter, browser));
    await twitter.authorizeAccessToken(browser.request(`${back}&x=%7e+%20&&y`));
    const call = service().calls.at(-1)?.message as oauth1dMessage;
    assert.equal(call.callback.value, `${back.split("?")[1]}&x=%7e+%20&&y`);
  });

  test("parameters of register and of the login are sent together", async () => {
    const oauth = new OAuth({ settings: service().settings });
    const twitter = oauth.register("twitter", { authorizeParams: { lang: "de" } });
    const response = await twitter.authorizeRedirect(new Request("http://127.0.0.1/"), CALLBACK, {
      authorizeParameters: [["force_login", true]],
    });
    assert.match(response.headers.get("location") ?? "", /&lang=de&force_login=true$/);
  });

  test("without token, a call finds the login of its own request, by request or by scope, and no other", async () => {
    const { oauth, twitter } = app();
    const browser = new Browser();
    const request = browser.request(service().approve(await begin(twitter, browser)));
    await twitter.authorizeAccessToken(request);
    assert.equal((await twitter.get(PROFILE, { request })).json().screen_name, "alice");
    await assert.rejects(twitter.get(PROFILE), oauth1d.MissingTokenError);
    await assert.rejects(twitter.get(PROFILE, { request: browser.request("http://127.0.0.1/") }), oauth1d.MissingTokenError);
    await oauth.withRequest(request, async () => {
      assert.equal((await twitter.get(PROFILE)).json().screen_name, "alice");
      await assert.rejects(oauth.client("other").get(PROFILE), oauth1d.MissingTokenError);
    });
  });

  test("handlers of many users at once never mix their tokens", async () => {
    const { oauth, twitter } = app();
    const handler = oauth.handler(async (request) => {
      await twitter.authorizeAccessToken(request);
      await new Promise((resolve) => setImmediate(resolve));
      return new Response((await twitter.get(PROFILE)).json().screen_name);
    });
    const users = Array.from({ length: 20 }, (_, number) => `user${number}`);
    const shown = await Promise.all(users.map(async (user) => {
      const browser = new Browser();
      const back = service().approve(await begin(twitter, browser), user);
      return (await handler(browser.request(back))).text();
    }));
    assert.deepEqual(shown, users);
  });

  test("a handler turns an error into a page, and leaves others alone", async () => {
    const { oauth, twitter } = app();
    const handler = oauth.handler(async (request) => {
      await twitter.authorizeAccessToken(request);
      return new Response("in");
    });
    const browser = new Browser();
    const denied = await handler(browser.request(service().deny(await begin(twitter, browser))));
    assert.equal(denied.status, 403);
    assert.match(await denied.text(), /role="alert"/);
    const broken = oauth.handler(() => { throw new RangeError("mine"); });
    await assert.rejects(broken(browser.request("http://127.0.0.1/")), RangeError);
  });

  test("a stored user is found by fetchToken, and a renewed token is saved", async () => {
    const stored = new Map([["alice", service().logIn("alice").accessToken]]);
    const old = stored.get("alice");
    const oauth = new OAuth({
      settings: service().settings,
      fetchToken: ({ request }) => stored.get(request?.headers.get("x-user") ?? ""),
      saveToken: (token, { request, replaced }) => {
        assert.equal(replaced, stored.get("alice"));
        stored.set(request?.headers.get("x-user") ?? "", token.accessToken);
      },
    });
    const request = new Request("http://127.0.0.1/", { headers: { "x-user": "alice" } });
    service().renewTokens();
    const answer = await oauth.client("twitter").get(PROFILE, { request });
    assert.equal(answer.json().screen_name, "alice");
    assert.notEqual(stored.get("alice"), old);
    assert.equal((await oauth.client("twitter").get(PROFILE, { request })).replacementAccessToken, undefined);
    await assert.rejects(oauth.client("twitter").get(PROFILE), oauth1d.MissingTokenError);
  });

  test("names that nobody registered are not kept for ever, and what is no name is refused", () => {
    const oauth = new OAuth({ settings: service().settings });
    const registered = oauth.register("twitter");
    const first = oauth.client("name-0");
    assert.equal(oauth.client("name-0"), first);
    for (let i = 1; i <= 1000; i++) oauth.client(`name-${i}`);
    assert.notEqual(oauth.client("name-0"), first);
    assert.equal(oauth.client("twitter"), registered);
    for (const name of ["", "a/b", "é", "x".repeat(65), "a b", "twitter\n"]) {
      assert.throws(() => oauth.client(name), (error) =>
        error instanceof oauth1d.InvalidCall && oauth1d.explain(error)?.status === 400);
    }
    oauth.close();
  });

  test("a saveToken that fails does not take the answer away", async () => {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const twitter = new OAuth({ settings: service().settings }).register("twitter", {
      saveToken: () => { throw new Error("the database is away"); },
    });
    const token = service().logIn();
    service().renewTokens();
    const answer = await twitter.post("statuses/update.json", { token, form: { status: "hi" } });
    assert.equal(answer.status, 404);
    assert.ok(answer.replacementAccessToken);
    assert.match((await warned).message, /the database is away/);
  });

  test("neither a token nor an error shows a secret when it is printed", async () => {
    const { twitter } = app();
    const browser = new Browser();
    const token = await twitter.authorizeAccessToken(browser.request(service().approve(await begin(twitter, browser))));
    for (const shown of [inspect(token, { showHidden: true }), JSON.stringify(token), String(token)]) {
      assert.ok(!shown.includes(token.accessToken));
    }
  });
});

type oauth1dMessage = { callback: { value: string } };
