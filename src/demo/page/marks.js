// How far each person has read in each room and thread, as this browser remembers it.

import { recall, remember } from "./memory.js";
import { me } from "./people.js";
import { now } from "./text.js";

const marks = (() => {
  try {
    return JSON.parse(recall("read")) || {};
  } catch {
    return {};
  }
})();

// A mark in the future belongs to an earlier demo.
export function markOf(place) {
  const at = marks[me()]?.[place] ?? 0;
  return at > now() / 1000 + 5 ? 0 : at;
}

export function read(place, upTo) {
  if (!(upTo > markOf(place))) return false;
  (marks[me()] ??= {})[place] = upTo;
  remember("read", JSON.stringify(marks));
  return true;
}
