/** The page's script with Chart.js, as one piece of JavaScript without a module loader. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

let bundled: Promise<string> | null = null;

/** Made once a process: it takes a tenth of a second. */
export function pageScript(): Promise<string> {
  return (bundled ??= bundle());
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  // The only place where a script could end its own element early.
  return (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
}
