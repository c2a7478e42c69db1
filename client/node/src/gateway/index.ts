/** The gateway for applications that run it themselves, with a session store of their own. GATEWAY.md is its manual. */
export { loadConfig, type BrowserConfig, type CallsConfig, type GatewayConfig } from "./config.js";
export { ConfigMistakes } from "./config_field.js";
export { startGateway, type Gateway, type GatewayOptions } from "./gateway.js";
export type { Patience } from "./listener.js";
export type { Log } from "./log.js";
export { MemorySessionStore, RedisSessionStore, type RedisLike, type SessionStore } from "./session_store.js";
