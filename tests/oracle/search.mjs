// What people find by typing: word beginnings, whatever their case and accents.

const MOST_TERMS = 200;
const MOST_WORDS = 10;
const LONGEST = 40;
const SHORT = 3;

// The terms that a document with these texts is found by.
export function terms(texts) {
  const found = new Set();
  for (const term of texts.flatMap(words)) {
    found.add(term);
    if (found.size === MOST_TERMS) break;
  }
  return [...found];
}

// Whether such a document is found by this text. Blank text finds all, text without letter or digit nothing.
export function matcher(text) {
  if (text.trim() === "") return () => true;
  const wanted = typed(text);
  if (wanted.length === 0) return () => false;
  return (terms) => wanted.every((word) => terms.some((term) => term.startsWith(word)));
}

// The same of a search over all kinds, where short words have to be whole.
export function wholeMatcher(text) {
  const wanted = typed(text);
  const is = (word) => (Buffer.byteLength(word) < SHORT ? (term) => term === word : (term) => term.startsWith(word));
  return (terms) => wanted.every((word) => terms.some(is(word)));
}

// The words of a search that count, sorted by their code points, each once.
export function typed(text) {
  const points = (word) => Buffer.from(word, "utf8");
  return [...new Set(words(text).slice(0, MOST_WORDS))].sort((a, b) => Buffer.compare(points(a), points(b)));
}

// Without accents, in small letters.
export function fold(text) {
  return [...text.normalize("NFKD").replace(/\p{M}/gu, "")].map((letter) => letter.toLowerCase()).join("");
}

export const isLetter = (character) => /^[\p{Alphabetic}\p{N}]$/u.test(character);

function words(text) {
  const plain = fold(text);
  const split = plain.split(/[^\p{Alphabetic}\p{N}]+/u).filter((word) => word !== "");
  return split.map((word) => [...word].slice(0, LONGEST).join(""));
}
