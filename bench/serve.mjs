// Serves perch and the pass-through on one workerd, each on a port of its own with no proxy in front, with the bindings
// of wrangler.toml. Arguments: perch's port, the pass-through's port, X's base URL, wrangler's folder for local data.
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWranglerToml } from "wrangler";

const [perchPort, passthroughPort, xUrl, persist] = process.argv.slice(2);
const { workerOptions } = readWranglerToml("wrangler.toml");
delete workerOptions.modulesRules; // the modules are listed below

// The platform counts for EDGE_LIMIT in memory, beside the Worker; its local stand-in writes each count to disk. This one
// admits all, as the real one admits those below the limit.
delete workerOptions.ratelimits;
const edgeLimit = {
  name: "edge-limit",
  compatibilityDate: workerOptions.compatibilityDate,
  modules: true,
  script: "class Ratelimit { async limit() { return { success: true }; } } export default () => new Ratelimit();",
};

const listen = (port) => [{ host: "127.0.0.1", port: Number(port) }];
const perch = {
  ...workerOptions,
  name: "perch",
  modulesRoot: "build",
  modules: [
    { type: "ESModule", path: "build/index.js" },
    { type: "CompiledWasm", path: "build/index_bg.wasm" },
  ],
  bindings: {
    ...workerOptions.bindings,
    PUBLIC_URL: `http://127.0.0.1:${perchPort}`,
    X_API_URL: xUrl,
    X_AUTHORIZE_URL: `${xUrl}/i/oauth2/authorize`,
  },
  wrappedBindings: { EDGE_LIMIT: { scriptName: edgeLimit.name } },
  unsafeDirectSockets: listen(perchPort),
};
const passthrough = {
  name: "passthrough",
  compatibilityDate: workerOptions.compatibilityDate,
  modules: [{ type: "ESModule", path: "bench/passthrough.js" }],
  bindings: { X_API_URL: xUrl },
  unsafeDirectSockets: listen(passthroughPort),
};
const options = { cf: false, resourcePersistencePath: `${persist}/v3`, workers: [perch, passthrough, edgeLimit] };
const miniflare = new Miniflare(convertV4MiniflareOptions(options));
await miniflare.ready;
console.log("ready");
process.on("SIGTERM", async () => {
  await miniflare.dispose();
  process.exit(0);
});
