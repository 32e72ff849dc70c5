// Which page an address shows.
import * as overview from './overview.js';
import * as events from './events.js';
import * as event from './event.js';
import * as deadLetters from './dead-letters.js';
import * as routes from './routes.js';
import * as schemes from './schemes.js';
import * as health from './health.js';
import * as suppressions from './suppressions.js';

const PAGES = [
  [/^\/console\/$/, 'overview', overview],
  [/^\/console\/events$/, 'events', events],
  [/^\/console\/events\/([^/]+)$/, 'events', event],
  [/^\/console\/dead-letters$/, 'dead-letters', deadLetters],
  [/^\/console\/routes$/, 'routes', routes],
  [/^\/console\/schemes$/, 'routes', schemes],
  [/^\/console\/health$/, 'health', health],
  [/^\/console\/suppressions$/, 'health', suppressions],
];

/** The page, the tab it belongs to and the variable part of its address; null when there is none. */
export function pageAt(path) {
  for (const [pattern, tab, page] of PAGES) {
    const match = path.match(pattern);
    const part = match && decoded(match[1] || '');
    if (match && part !== null) return {tab, page, part};
  }
  return null;
}

/** Null for what is not percent-encoded UTF-8. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
