// What a device is called, told by its user agent.
const BROWSERS = {
  "Edg/": "Edge",
  "EdgA/": "Edge",
  "EdgiOS/": "Edge",
  "OPR/": "Opera",
  "SamsungBrowser/": "Samsung Internet",
  "Vivaldi/": "Vivaldi",
  "Firefox/": "Firefox",
  "FxiOS/": "Firefox",
  "CriOS/": "Chrome",
  "Chromium/": "Chromium",
  "Chrome/": "Chrome",
  "Safari/": "Safari",
};
const SYSTEMS = {
  iPhone: "iPhone",
  iPad: "iPad",
  Android: "Android",
  Windows: "Windows",
  CrOS: "ChromeOS",
  "Mac OS X": "macOS",
  Macintosh: "macOS",
  Linux: "Linux",
};
const LONGEST = 40;

export function device(userAgent) {
  const named = (names) => names[Object.keys(names).find((mark) => userAgent.includes(mark))];
  const [browser, system] = [named(BROWSERS), named(SYSTEMS)];
  if (browser) return system ? `${browser} on ${system}` : browser;
  const [word] = userAgent.split(/[/ ]/);
  const own = [...word].slice(0, LONGEST).join("");
  if (system) return ["", "Mozilla"].includes(own) ? system : `${own} on ${system}`;
  return own || "Unknown device";
}
