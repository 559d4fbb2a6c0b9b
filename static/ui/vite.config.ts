import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

/** Libraries that every page needs share one chunk, so that moving between pages fetches only the page. */
const SHARED = /node_modules\/(react|react-dom|scheduler|wouter|@tanstack|openapi-fetch|zustand)\//

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
    rollupOptions: {
      input: "src/main.tsx",
      output: {
        manualChunks(id: string) {
          if (SHARED.test(id)) return "vendor"
          return undefined
        },
      },
    },
  },
  worker: { format: "es" },
  server: { port: 5173, strictPort: true, origin: "http://localhost:5173" },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
})
