import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

const ROOT = import.meta.dirname;
const SOURCES = ["package-lock.json", "package.json", "tsconfig.json", "vite.config.ts"];

// The same digest is computed by tests/channels/test_widget_build.py: path, NUL, content, NUL.
function sourceDigest(): string {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1).replaceAll("\\", "/"));
  const hash = createHash("sha256");
  for (const name of [...SOURCES, ...files].sort()) {
    hash.update(name).update("\0").update(readFileSync(join(ROOT, name))).update("\0");
  }
  return hash.digest("hex");
}

// Sizes in the sheets are written in rem and become multiples of --r, which the visitor's own
// text size and the `size` of the element set; the conditions of queries stay as they are.
const scalable = {
  name: "scalable-rem",
  enforce: "pre" as const,
  transform(code: string, id: string) {
    if (!id.includes(".css")) return null;
    return code
      .split("\n")
      .map((line) =>
        /^\s*(@|--r:)/.test(line)
          ? line
          : line.replace(/(?<![\w-])(-?[\d.]+)rem\b/g, "calc(var(--r) * $1)"),
      )
      .join("\n");
  },
};

// Once minified, a line break before spaces is only found inside templates, where HTML reads
// both as one space.
const flatTemplates = {
  name: "flat-templates",
  enforce: "post" as const,
  generateBundle(_options: unknown, bundle: Record<string, { type: string; code?: string }>) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.code) chunk.code = chunk.code.replace(/\n +/g, " ");
    }
  },
};

export default defineConfig({
  plugins: [scalable, flatTemplates],
  build: {
    target: "es2022",
    lib: { entry: "src/atlas-chat.ts", name: "AtlasChat", formats: ["iife"], fileName: () => "atlas-chat.js" },
    rollupOptions: {
      output: { banner: `/*! atlas-chat, Apache-2.0; Lit, BSD-3-Clause. sources: ${sourceDigest()} */` },
    },
    emptyOutDir: true,
  },
  test: { environment: "happy-dom", include: ["test/*.test.ts"] },
} as Parameters<typeof defineConfig>[0]);
