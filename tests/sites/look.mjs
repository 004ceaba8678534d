// Looks at every page of a built site in a real browser: what it asks for outside the site, and pictures that do not show.
//
//     node look.mjs SITE [SCREENSHOTS [PAGES...]]
//
// What a frame, an object or a script of the old texts asks for by itself is counted apart: an embedded film is outside
// by nature. Exit status 1 where a picture, style or anything else of the page itself is asked for outside, or a picture
// does not show.

import { createServer } from 'node:http';
import { readdirSync, readFileSync, statSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join, extname, relative, sep } from 'node:path';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';

const { chromium } = createRequire(process.env.PLAYWRIGHT || import.meta.url)('playwright-core');
const [site, shots, ...wanted] = process.argv.slice(2);
const TYPES = { '.html': 'text/html; charset=utf-8', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

const server = createServer((request, response) => {
  let path = join(site, decodeURIComponent(new URL(request.url, 'http://x').pathname));
  try {
    if (statSync(path).isDirectory()) path = join(path, 'index.html');
    const body = readFileSync(path);
    response.writeHead(200, { 'Content-Type': TYPES[extname(path).toLowerCase()] || 'application/octet-stream' });
    response.end(body);
  } catch {
    response.writeHead(404).end('not found');
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const here = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'look-')), {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  viewport: { width: 1000, height: 1200 },
});
const outside = [], embedded = [], broken = [];
let pages = 0, pictures = 0, page_address = '';
const page = await browser.newPage();
await page.route('**/*', (route) => {
  const request = route.request();
  const address = request.url();
  if (address.startsWith(here + '/') || address.startsWith('data:')) return route.continue();
  const is_embedded = request.frame() !== page.mainFrame() || ['script', 'object', 'other', 'media', 'document'].includes(request.resourceType());
  (is_embedded ? embedded : outside).push(`${page_address}: ${request.resourceType()} ${address}`);
  return route.abort();
});
const all = wanted.length ? wanted : [...files(site)].filter((path) => path.endsWith('.html')).map((path) => relative(site, path).split(sep).map(encodeURIComponent).join('/'));
if (shots) mkdirSync(shots, { recursive: true });
for (const path of all) {
  page_address = path;
  await page.goto(`${here}/${path}`, { waitUntil: 'load', timeout: 60000 }).catch((e) => broken.push(`${path}: ${e.message.split('\n')[0]}`));
  pages += 1;
  // A page that only leads elsewhere has gone there by now.
  await page.waitForLoadState('load').catch(() => {});
  const found = await page.evaluate(() => [...document.images].map((one) => [one.currentSrc || one.src || one.outerHTML.slice(0, 200), one.complete && one.naturalWidth > 0])).catch(() => []);
  pictures += found.length;
  broken.push(...found.filter(([, shows]) => !shows).map(([address]) => `${path}: ${address}`));
  if (shots && (wanted.length || (found.length > 1 && pages % 9 === 0))) await page.screenshot({ path: join(shots, `${pages}.png`), fullPage: true });
}
await browser.close();
server.close();
console.log(`${pages} pages, ${pictures} pictures, ${outside.length} requests outside, ${broken.length} pictures that do not show, ${embedded.length} requests of embedded things`);
for (const [name, list] of [['outside', outside], ['does not show', broken], ['embedded', embedded]]) for (const one of [...new Set(list)].slice(0, 20)) console.log(`  ${name}: ${one}`);
process.exit(outside.length || broken.length ? 1 : 0);
