import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

/**
 * Few chunks, so few requests: what every page needs (libraries, then our shared parts), the canvas, the views of
 * data, and one for each page. What a page needs only once somebody asks for it, such as a dialog, a step's form or
 * the code editor, is fetched then.
 */
const CHUNKS = [
  {
    name: "vendor",
    test: /node_modules\/(react|react-dom|scheduler|wouter|regexparam|mitt|use-sync-external-store|@tanstack|openapi-fetch|zustand|@mantine|@floating-ui|clsx|tabbable|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-callback-ref|use-sidecar|get-nonce|detect-node-es|tslib)\//,
  },
  { name: "canvas", test: /node_modules\/(@xyflow|d3-[a-z]+|classcat)\/|src\/canvas\/|src\/shared\/mapping/ },
  { name: "data", test: /src\/shared\/(data|code)\// },
  { name: "shared", test: /src\/(shared(?!\/(parameters|fields))|shell|api)\// },
]

export default defineConfig({
  base: "/static/",
  plugins: [react()],
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content security policy allows no data: fonts or images
    rolldownOptions: {
      input: "src/main.tsx",
      output: {
        codeSplitting: { includeDependenciesRecursively: false, groups: CHUNKS },
      },
    },
  },
  worker: { format: "es" },
  server: { port: 5173, strictPort: true, origin: "http://localhost:5173" },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
})
