// How somebody wants things shown: what the schema calls what the store holds.
export const DATE_FORMATS = {
  "MM/DD/YYYY": "MDY_SLASH",
  "DD/MM/YYYY": "DMY_SLASH",
  "DD.MM.YYYY": "DMY_DOT",
  "YYYY-MM-DD": "YMD_DASH",
};

export const TIME_FORMATS = { "12h": "HOURS_12", "24h": "HOURS_24" };

// What the store holds for what the schema calls so.
export const stored = (formats, name) => Object.keys(formats).find((format) => formats[format] === name);
