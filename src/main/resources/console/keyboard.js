// What the keyboard does outside of fields.

export const KEYS = [
  ['/', 'search'], ['j  k', 'next, previous row'], ['Enter', 'open the row'],
  ['g o', 'overview'], ['g e', 'events'], ['g d', 'dead letters'], ['g r', 'routes'], ['g h', 'health'],
  ['t', 'light or dark'], ['?', 'this help'], ['Esc', 'close'],
];
const PLACES = {o: '/console/', e: '/console/events', d: '/console/dead-letters', r: '/console/routes', h: '/console/health'};
const SOON_MILLIS = 1500;

/** The path of the page whose key is pressed soon after g; undefined when it is none. */
export function place(key, millisSinceG) {
  return millisSinceG < SOON_MILLIS && Object.hasOwn(PLACES, key) ? PLACES[key] : undefined;
}

/** Index of the row that is so many rows on, within the list; at is -1 when no row has the focus. */
export function rowAfter(at, by, count) {
  if (at < 0) return by > 0 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + by));
}
