declare namespace Cloudflare {
  interface Env extends LastclickEnv {
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import("../../src/index.ts");
  }
}

type LastclickEnv = import("../../src/env.ts").Env;
