// Compares what two programs made of the same photos: wall time, processor time, bytes, and SSIM of luma (8 x 8 windows) against a Lanczos reference
// made of the whole photo without loss. node judge.mjs PHOTOS OURS OURS.jsonl THEIRS THEIRS.jsonl
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import sharp from 'sharp';

const [photos, ours, ourTimes, theirs, theirTimes] = process.argv.slice(2);
const NAMES = ['optimized.webp', 'thumbnail.jpg', 'w320.webp', 'w640.webp', 'w768.webp', 'w1024.webp', 'w1280.webp'];
const times = (path) => new Map(readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line)).map((line) => [line.photo, line]));
const mean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const luma = (input, size, fit = 'cover') => {
  const image = size ? sharp(input).resize(size.width, size.height, { fit, position: 'center', fastShrinkOnLoad: false }) : sharp(input);
  return image.flatten({ background: 'white' }).greyscale().raw().toBuffer();
};

// A thumbnail shows the middle: exactly, or as sharp does, to a whole pixel of the thumbnail. Each is held against its own.
const middle = async (photo, size) => {
  const { width, height } = await sharp(photo).metadata();
  const side = Math.min(width, height);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  return luma(await sharp(photo).extract({ left, top, width: side, height: side }).png({ compressionLevel: 0 }).toBuffer(), size);
};

function ssim(a, b, width, height) {
  let [sum, count] = [0, 0];
  for (let top = 0; top + 8 <= height; top += 4) {
    for (let left = 0; left + 8 <= width; left += 4) {
      let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + 8; y++) {
        for (let at = y * width + left; at < y * width + left + 8; at++) {
          const [p, q] = [a[at], b[at]];
          sa += p; sb += q; saa += p * p; sbb += q * q; sab += p * q;
        }
      }
      const [ma, mb] = [sa / 64, sb / 64];
      const [va, vb, vab] = [saa / 64 - ma * ma, sbb / 64 - mb * mb, sab / 64 - ma * mb];
      sum += ((2 * ma * mb + 6.5025) * (2 * vab + 58.5225)) / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225));
      count++;
    }
  }
  return sum / count;
}

const [mine, other] = [times(ourTimes), times(theirTimes)];
const speedups = [];
const savings = [];
const table = new Map(NAMES.map((name) => [name, { bytes: [], ssim: [] }]));
for (const photo of readdirSync(photos).sort()) {
  const stem = basename(photo, extname(photo));
  const [us, them] = [mine.get(stem), other.get(stem)];
  speedups.push(them.milliseconds / us.milliseconds);
  savings.push(them.processor / us.processor);
  const of = ({ milliseconds, processor }) => `${milliseconds.toFixed(0)} ms (processor ${processor?.toFixed(0)})`;
  console.log(`${stem}: ${of(us)}, sharp ${of(them)}, ${speedups.at(-1).toFixed(2)} x (${savings.at(-1).toFixed(2)} x)`);
  for (const name of NAMES) {
    const files = [join(ours, `${stem}.${name}`), join(theirs, `${stem}.${name}`)];
    if (!files.every(existsSync)) continue;
    const [a, b] = files.map((file) => readFileSync(file));
    const size = await sharp(a).metadata();
    // A height that is no whole number of pixels is cut to one or filled out to one: each is held against its own.
    const references = [await luma(join(photos, photo), size), await luma(join(photos, photo), size, 'fill')];
    if (name.startsWith('thumbnail')) references.push(await middle(join(photos, photo), size));
    const score = (made) => Math.max(...references.map((reference) => ssim(made, reference, size.width, size.height)));
    const scores = await Promise.all([a, b].map(async (file) => score(await luma(file, size))));
    table.get(name).bytes.push(a.length / b.length);
    table.get(name).ssim.push(scores[0] - scores[1]);
  }
}
console.log(`geometric mean ${mean(speedups).toFixed(2)} x, slowest ${Math.min(...speedups).toFixed(2)} x; of processor time ${mean(savings).toFixed(2)} x`);
for (const [name, { bytes, ssim }] of table) {
  const difference = ssim.reduce((sum, value) => sum + value, 0) / ssim.length;
  console.log(`${name}: bytes ${mean(bytes).toFixed(3)} of sharp's, SSIM ${difference >= 0 ? '+' : ''}${difference.toFixed(4)}`);
}
