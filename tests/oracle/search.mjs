// What people find by typing: word beginnings, whatever their case and accents.

const MOST_TERMS = 200;
const MOST_WORDS = 10;
const LONGEST = 40;

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
  const wanted = words(text).slice(0, MOST_WORDS);
  if (wanted.length === 0) return () => false;
  return (terms) => wanted.every((word) => terms.some((term) => term.startsWith(word)));
}

function words(text) {
  const plain = [...text.normalize("NFKD").replace(/\p{M}/gu, "")].map((letter) => letter.toLowerCase()).join("");
  const split = plain.split(/[^\p{Alphabetic}\p{N}]+/u).filter((word) => word !== "");
  return split.map((word) => [...word].slice(0, LONGEST).join(""));
}
