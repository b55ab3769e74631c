// Says how large the built element is on the wire, and fails beyond the goal.
import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const GOAL = 40 * 1024;
const built = readFileSync(new URL("dist/atlas-chat.js", import.meta.url));
const gzip = gzipSync(built, { level: 9 }).length;
const brotli = brotliCompressSync(built).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
console.log(`atlas-chat.js: ${kb(built.length)}, gzip ${kb(gzip)}, brotli ${kb(brotli)}`);
if (gzip > GOAL) {
  console.error(`The goal is ${kb(GOAL)} in gzip.`);
  process.exit(1);
}
