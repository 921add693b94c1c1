// Serves the Worker on workerd without wrangler's proxy, which repairs paths before they arrive and tells nobody that a client has
// left. Arguments: the configuration, the port, the folder with its store.
import { dirname, join } from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWranglerToml } from "wrangler";

const [configuration, port, store] = process.argv.slice(2);
const { workerOptions, main } = readWranglerToml(configuration);
delete workerOptions.modulesRules; // the modules are listed below
const build = dirname(main);
const worker = {
  ...workerOptions,
  name: "perch",
  modulesRoot: build,
  modules: [
    { type: "ESModule", path: join(build, "index.js") },
    { type: "CompiledWasm", path: join(build, "index_bg.wasm") },
  ],
  unsafeDirectSockets: [{ host: "127.0.0.1", port: Number(port) }],
};
const miniflare = new Miniflare(
  convertV4MiniflareOptions({ cf: false, resourcePersistencePath: `${store}/v3`, workers: [worker] }),
);
await miniflare.ready;
process.on("SIGTERM", async () => {
  await miniflare.dispose();
  process.exit(0);
});
