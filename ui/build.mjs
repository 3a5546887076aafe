// Bundles the browser code. ui/dist is committed, because cargo embeds it and needs no Node then.
//
//   npm run build                    writes dist/
//   npm run build -- --out FOLDER    writes there instead (to compare)
//   npm run gallery                  serves the gallery of components, rebuilt as files change
import * as esbuild from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const outAt = process.argv.indexOf("--out");
const out = outAt > 0 ? path.resolve(process.argv[outAt + 1]) : path.join(HERE, "dist");

const options = {
    absWorkingDir: HERE,
    entryPoints: { app: "src/app.ts", boot: "src/boot.ts" },
    outdir: out,
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "esm",
    target: ["es2022", "chrome123", "firefox120", "safari17.5"],
    legalComments: "none",
    logLevel: "warning",
};
const style = { ...options, entryPoints: { app: "css/app.css" } };

await mkdir(out, { recursive: true });
for (const picture of ["icons.svg", "favicon.svg"]) {
    await copyFile(path.join(HERE, picture), path.join(out, picture));
}
if (process.argv.includes("--serve")) {
    const contexts = [await esbuild.context(options), await esbuild.context(style)];
    await Promise.all(contexts.map((context) => context.watch()));
    const { port } = await contexts[0].serve({ servedir: HERE, host: "127.0.0.1" });
    console.log(`gallery: http://127.0.0.1:${port}/gallery/index.html`);
} else {
    await Promise.all([esbuild.build(options), esbuild.build(style)]);
}
