// How numbers look in the Cache panel.

/** Milliseconds. */
export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  return value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
}

/** Bytes. */
export function bytes(value: number | null): string {
  if (value === null) return "–";
  return value < 1000 ? `${value} B` : `${(value / 1000).toFixed(1)} kB`;
}

/** A span of seconds, as people say it. */
export function span(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value < 120) return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} s`;
  return `${Math.round(value / 60)} min`;
}

/** "1 row", "2 rows". */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
