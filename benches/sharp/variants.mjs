// The seven outputs through sharp, in two ways: `product` decodes the source for every output, `best` decodes it once, shrunk to 1280,
// and makes the others of that. Prints a line of JSON a photo, as the bench does; writes what was made below OUTPUT.
// node variants.mjs product|best PHOTOS OUTPUT
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import sharp from 'sharp';

const [way, photos, output] = process.argv.slice(2);
const RUNS = 5;
const WIDTHS = [320, 640, 768, 1024, 1280];
mkdirSync(output, { recursive: true });
sharp.cache(false);

const webp = (image) => image.webp({ quality: 80 }).toBuffer();
const outputs = (open) => [
  ['optimized.webp', webp(open().resize(800, 600, { fit: 'inside', withoutEnlargement: true }))],
  ['thumbnail.jpg', open().resize(150, 150, { fit: 'cover', position: 'center' }).jpeg({ quality: 85 }).toBuffer()],
  ...WIDTHS.map((width) => [`w${width}.webp`, webp(open().resize(width, null, { withoutEnlargement: true }))]),
];

async function run(file) {
  let open = () => sharp(file);
  if (way === 'best') {
    const options = { withoutEnlargement: true };
    const { data, info } = await sharp(file).resize(1280, null, options).raw().toBuffer({ resolveWithObject: true });
    open = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  }
  return Promise.all(outputs(open).map(async ([name, made]) => [name, await made]));
}

for (const photo of readdirSync(photos).sort()) {
  const file = readFileSync(join(photos, photo));
  const stem = basename(photo, extname(photo));
  let best = Infinity;
  let made;
  const before = process.cpuUsage();
  for (let turn = 0; turn < RUNS; turn++) {
    const start = performance.now();
    made = await run(file);
    best = Math.min(best, performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  for (const [name, bytes] of made) writeFileSync(join(output, `${stem}.${name}`), bytes);
  const bytes = made.map(([name, bytes]) => [name.split('.')[0], bytes.length]);
  console.log(JSON.stringify({ photo: stem, milliseconds: best, processor: (user + system) / 1000 / RUNS, bytes }));
}
