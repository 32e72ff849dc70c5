// Speaks with the hub, and tells the page when the hub or its store is away or the session is over.

export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || 'The hub answered ' + status);
    this.status = status;
    this.reason = String(problem.type || '').replace('urn:hub:problem:', '');
  }
}

const listeners = {};

/** trouble(message), fine(), expired() */
export function on(event, listener) {
  listeners[event] = listener;
}

function tell(event, ...details) {
  if (listeners[event]) listeners[event](...details);
}

const known = new Map();

/**
 * Asks the hub; what has not changed since the last time is not sent again.
 * Rejects with Refused; away is true when the same may succeed later.
 */
export async function api(path, {method = 'GET', body, signal} = {}) {
  const headers = {Accept: 'application/json'};
  const before = method === 'GET' ? known.get(path) : undefined;
  if (before) headers['If-None-Match'] = before.tag;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, signal, cache: 'no-store', credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    tell('trouble', 'The hub does not answer. Trying again until it does.');
    throw Object.assign(new Error('The hub does not answer.'), {away: true});
  }
  if (answer.status === 304 && before) {
    tell('fine');
    return before.value;
  }
  if (answer.status === 204) {
    tell('fine');
    return null;
  }
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) {
    tell('fine');
    const tag = answer.headers.get('ETag');
    if (tag && method === 'GET') {
      known.delete(path);
      known.set(path, {tag, value});
      if (known.size > 20) known.delete(known.keys().next().value);
    }
    return value;
  }
  const refused = new Refused(value, answer.status);
  if (answer.status === 401 && path.startsWith('/api/')) {
    known.clear();
    tell('expired');
  } else if ([502, 503, 504].includes(answer.status)) {
    refused.away = true;
    tell('trouble', refused.reason === 'store-unavailable'
      ? 'The event store does not answer. Senders are asked to come back; this page tries again by itself.'
      : refused.message);
  }
  throw refused;
}

export const get = (path, signal) => api('/api/admin' + path, {signal});
export const post = (path, body) => api('/api/admin' + path, {method: 'POST', body});
export const remove = path => api('/api/admin' + path, {method: 'DELETE'});

export function query(values) {
  const parts = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return parts.length ? '?' + new URLSearchParams(parts) : '';
}

/** Does something now and again and again until it is stopped; waits while nobody looks. */
export function repeat(work, everyMillis) {
  let stopped = false;
  let timer = 0;
  let busy = false;
  const abort = new AbortController();
  async function once() {
    clearTimeout(timer);
    if (busy || stopped) return;
    busy = true;
    try {
      if (!document.hidden) await work(abort.signal);
    } catch (error) {
      if (error.name !== 'AbortError' && !(error instanceof Refused) && !error.away) console.warn(error);
    } finally {
      busy = false;
      if (!stopped) timer = setTimeout(once, typeof everyMillis === 'function' ? everyMillis() : everyMillis);
    }
  }
  const seen = () => { if (!document.hidden) once(); };
  document.addEventListener('visibilitychange', seen);
  once();
  return {
    now: once,
    stop() {
      stopped = true;
      clearTimeout(timer);
      abort.abort();
      document.removeEventListener('visibilitychange', seen);
    },
  };
}
