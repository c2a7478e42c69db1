import type { NextConfig } from "next";

export default {
  poweredByHeader: false,
  // It speaks HTTP/2 through node:http2; bundling would gain nothing.
  serverExternalPackages: ["oauth1d"],
} satisfies NextConfig;
