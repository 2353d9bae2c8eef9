// How somebody wants things shown.
import { changes, filled, save } from "./changes.mjs";

// What the schema calls what the store holds.
export const DATE_FORMATS = {
  "MM/DD/YYYY": "MDY_SLASH",
  "DD/MM/YYYY": "DMY_SLASH",
  "DD.MM.YYYY": "DMY_DOT",
  "YYYY-MM-DD": "YMD_DASH",
};

export const TIME_FORMATS = { "12h": "HOURS_12", "24h": "HOURS_24" };

export const updatePreferences = changes((input, { world, viewer }) => {
  const user = world.get("User", viewer.user.id);
  Object.keys(input).forEach((field) => filled(input, field));
  const preferences = { ...user.preferences };
  if ("theme" in input) preferences.theme = input.theme.toLowerCase();
  if ("sidebarCollapsed" in input) preferences.sidebarCollapsed = input.sidebarCollapsed;
  if ("dateFormat" in input) preferences.dateFormat = stored(DATE_FORMATS, input.dateFormat);
  if ("timeFormat" in input) preferences.timeFormat = stored(TIME_FORMATS, input.timeFormat);
  save(world, user, { preferences });
  return { viewer };
});

// What the store holds for what the schema calls so.
const stored = (formats, name) => Object.keys(formats).find((format) => formats[format] === name);
