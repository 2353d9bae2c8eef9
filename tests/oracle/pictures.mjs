// What is said of uploaded files: sizes of pictures, and addresses.
import { createHmac } from "node:crypto";

// As the test configures the server.
const SECRET = "0123456789abcdef0123456789abcdef";
const LINK_SECONDS = 3_600;
const TYPES = { WEBP: "image/webp", JPEG: "image/jpeg" };

const address = (variant) => `/${variant.key}`;
const whole = (picture) => picture.variants.filter(({ name }) => name !== "thumbnail");
const named = (picture, name) => picture.variants.find((variant) => variant.name === name) ?? picture.variants[0];

// The smallest size that is at least so wide, else the widest; in the format, where there is one.
export function url(picture, { width, format }) {
  const ofFormat = ({ contentType }) => !format || contentType === TYPES[format];
  let fitting = whole(picture).filter(ofFormat);
  if (fitting.length === 0) fitting = picture.variants.filter(ofFormat);
  if (typeof width === "number") {
    const sorted = [...fitting].sort((a, b) => a.width - b.width);
    fitting = [sorted.find((variant) => variant.width >= width) ?? sorted.at(-1)];
  }
  return address(fitting[0] ?? named(picture, "optimized"));
}

export const optimized = (picture) => address(named(picture, "optimized"));
export const thumbnail = (picture) => address(named(picture, "thumbnail"));
export const variantUrl = address;

export function srcset(picture) {
  const sorted = [...whole(picture)].sort((a, b) => a.width - b.width);
  const once = sorted.filter(({ width }, at) => width !== sorted[at - 1]?.width);
  return once.map((variant) => `${address(variant)} ${variant.width}w`).join(", ");
}

// Whatever isn't a letter, a digit or one of -._~ is encoded.
const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

// The signed address of a file, the same for a quarter of its life.
export function signed(key, name, now) {
  const quarter = LINK_SECONDS / 4;
  const expires = Math.floor(now / 1_000 / quarter) * quarter + LINK_SECONDS;
  const mac = createHmac("sha256", SECRET).update(`kanvaro asset link 1\n${key}\n${expires}\n${name}`);
  return `/${key}?name=${encoded(name)}&expires=${expires}&signature=${mac.digest("base64url")}`;
}
