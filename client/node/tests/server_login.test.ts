import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, get as httpGet, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { after, describe, test } from "node:test";

import express from "express";
import fastify from "fastify";
import { OAuth as ExpressOAuth } from "oauth1d/express";
import { OAuth as FastifyOAuth } from "oauth1d/fastify";
import type { FakeService } from "oauth1d/testing";

import { Browser } from "./browser.js";
import { fakeService } from "./fixture.js";

const PROFILE = "account/verify_credentials.json";
const running: Server[] = [];

async function listening(server: Server): Promise<string> {
  running.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function expressApp(service: FakeService): Promise<string> {
  const oauth = new ExpressOAuth({ settings: service.settings });
  const twitter = oauth.client("twitter");
  const app = express();
  app.use(oauth.middleware());
  app.use(express.urlencoded({ extended: true }));
  app.get("/login", (req, res) => twitter.authorizeRedirect(req, res, `http://${req.headers.host}/auth`));
  app.get("/auth", async (req, res) => {
    const token = await twitter.authorizeAccessToken(req);
    const { screen_name } = (await twitter.get(PROFILE)).json();
    token.deleteCookie(res).json({ screen_name, twice: (await twitter.get(PROFILE, { request: req })).status });
  });
  app.get("/me", async (_req, res) => { res.json((await twitter.get(PROFILE)).json()); });
  app.get("/broken", () => { throw new RangeError("mine"); });
  app.use(oauth.errorHandler());
  app.use(((_error, _req, res, _next) => { res.status(500).send("the application's own"); }) as express.ErrorRequestHandler);
  return listening(createServer(app as RequestListener));
}

async function fastifyApp(service: FakeService): Promise<string> {
  const oauth = new FastifyOAuth({ settings: service.settings });
  const twitter = oauth.client("twitter");
  const app = fastify();
  app.addHook("onRequest", oauth.onRequest());
  app.setErrorHandler(oauth.errorHandler());
  app.get("/login", (request, reply) => twitter.authorizeRedirect(request, reply, `http://${request.headers.host}/auth`));
  app.get("/auth", async (request, reply) => {
    const token = await twitter.authorizeAccessToken(request);
    const { screen_name } = (await twitter.get(PROFILE)).json();
    token.deleteCookie(reply);
    return { screen_name, twice: (await twitter.get(PROFILE, { request })).status };
  });
  app.get("/me", async () => (await twitter.get(PROFILE)).json());
  app.get("/broken", () => { throw new RangeError("the application's own"); });
  await app.ready();
  running.push(app.server);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

for (const [framework, start] of [["Express", expressApp], ["Fastify", fastifyApp]] as const) {
  describe(`a login with ${framework}`, () => {
    const service = fakeService();
    after(() => {
      for (const server of running.splice(0)) {
        server.closeAllConnections();
        server.close();
      }
    });

    async function begin(url: string, browser: Browser): Promise<string> {
      const response = await browser.open(`${url}/login`);
      assert.equal(response.status, 302);
      assert.equal(response.headers.get("cache-control"), "no-store");
      return response.headers.get("location") ?? "";
    }

    test("alice logs in, and calls without token are hers", async () => {
      const url = await start(service());
      const browser = new Browser();
      const response = await browser.open(service().approve(await begin(url, browser)));
      assert.deepEqual(await response.json(), { screen_name: "alice", twice: 200 });
      assert.equal(browser.cookies.size, 0, "the spent cookie is gone");
    });

    test("errors become pages: denied, expired, another browser, nobody logged in, the service away", async () => {
      const url = await start(service());
      const browser = new Browser();
      const expired = service().approve(await begin(url, browser));
      service().expire();
      const denied = service().deny(await begin(url, browser));
      const foreign = service().approve(await begin(url, browser));
      const other = new Browser();
      await begin(url, other);
      for (const [address, who, status] of [
        [denied, browser, 403], [expired, browser, 410], [foreign, other, 403], [foreign, new Browser(), 400], [`${url}/me`, browser, 401],
      ] as const) {
        const page = await who.open(address);
        assert.equal(page.status, status);
        assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
        assert.match(await page.text(), /<main role="alert">/);
      }
      assert.equal((await service().down(() => browser.open(`${url}/login`))).status, 503);
    });

    test("an error of the application stays its own", async () => {
      const page = await new Browser().open(`${await start(service())}/broken`);
      assert.equal(page.status, 500);
      assert.match(await page.text(), /the application&?.*own/);
    });

    test("the next request of a kept connection, another user's behind a proxy, has no token", async () => {
      const url = await start(service());
      const browser = new Browser();
      const back = service().approve(await begin(url, browser));
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const [first] = await fetched(agent, back, browser.cookieHeader);
      const [second, reused] = await fetched(agent, `${url}/me`, "");
      agent.destroy();
      assert.equal(first.statusCode, 200);
      assert.ok(reused, "the connection was used again");
      assert.equal(second.statusCode, 401);
    });

    test("nor has one that came pipelined behind the login", async () => {
      const url = await start(service());
      const browser = new Browser();
      const back = new URL(service().approve(await begin(url, browser)));
      const socket = connect(Number(back.port), back.hostname);
      socket.write(`GET ${back.pathname}${back.search} HTTP/1.1\r\nHost: ${back.host}\r\nCookie: ${browser.cookieHeader}\r\n\r\n`
        + `GET /me HTTP/1.1\r\nHost: ${back.host}\r\nConnection: close\r\n\r\n`);
      const pieces: Buffer[] = [];
      for await (const piece of socket) pieces.push(piece as Buffer);
      assert.deepEqual(Buffer.concat(pieces).toString().match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 401"]);
    });

    test("the request's traceparent goes on to the service", async () => {
      const url = await start(service());
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      await new Browser().open(`${url}/login`, { traceparent });
      assert.equal(service().calls.at(-1)?.headers.get("traceparent"), traceparent);
      await new Browser().open(`${url}/login`, { traceparent: "00-nonsense" });
      assert.equal(service().calls.at(-1)?.headers.get("traceparent"), null);
    });
  });
}

async function fetched(agent: Agent, url: string, cookie: string): Promise<[IncomingMessage, boolean]> {
  const request = httpGet(url, { agent, headers: { cookie } });
  const [response] = await once(request, "response") as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return [response, request.reusedSocket];
}
