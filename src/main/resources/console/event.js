// One event: what came, who did what with it, and how to run it again.
import {get, post, repeat} from './api.js';
import {add, ask, copy, exact, fill, h, millis, number, pill, replace, text, time, toast, visible} from './dom.js';
import {bytesOf, hex, pretty} from './json.js';

export const title = 'Event';

/** More makes a browser slow; the rest comes when it is asked for. */
const MOST_CHARACTERS = 200000;
const MOST_BYTES = 16384;
const PIECE = 20000;

/** States after which something follows by itself. */
const OPEN = ['received', 'processing', 'retrying'];

export function show(root, {part, viewer}) {
  const head = h('div', {class: 'event-head'});
  const facts = h('dl', {class: 'facts wide panel'});
  const handlers = h('section', {'aria-label': 'Handlers'});
  const headers = h('section', {'aria-label': 'Headers'});
  const payload = h('section', {'aria-label': 'Payload'});
  add(root, h('p', {class: 'crumbs'}, h('a', {href: '/console/events', 'data-nav': true}, '← Events')), head, facts, handlers, headers, payload);
  let shown = null;
  let open = true;
  let paid = false;
  const live = repeat(async signal => {
    let event;
    try {
      event = await get('/events/' + encodeURIComponent(part), signal);
    } catch (error) {
      if (error.status === 404) {
        live.stop();
        replace(root, h('p', {class: 'empty'}, text(error.message)));
      }
      throw error;
    }
    if (event === shown) return;
    shown = event;
    open = OPEN.includes(event.status);
    replace(head, h('div', {class: 'grow'}, h('h1', {}, text(event.type)), h('div', {class: 'row'}, pill(event.status), h('span', {class: 'muted'}, 'from '), text(event.source))), actions(event));
    replace(facts,
      fact('Received', exact(event.receivedAt)),
      fact('Finished', event.processedAt ? exact(event.processedAt) : '–'),
      fact('Attempts', number(event.attempts)),
      event.nextAttemptAt ? fact('Next attempt', time(event.nextAttemptAt)) : null,
      fact('Id', copied(event.id)),
      fact('Provider’s id', copied(event.providerEventId)),
      event.orderingKey ? fact('Ordering key', copied(event.orderingKey)) : null,
      event.arrivedBy ? fact('Arrived by', [text(event.arrivedBy), event.arrivedBy === 'catch-up' ? h('span', {class: 'muted'}, ' – the hub fetched it, no webhook brought it') : null]) : null,
      event.lastError ? h('div', {class: 'all'}, h('dt', {}, 'Last error'), h('dd', {class: 'error'}, text(event.lastError))) : null);
    replace(handlers, h('h2', {}, 'Handlers'), event.handlers.length ? event.handlers.map(handler)
      : h('p', {class: 'empty'}, 'No handler took it.', event.leftOut.some(one => one.because !== 'type') ? null : ' Add a route from this inbox and replay it.'),
    event.leftOut.length ? leftOut(event.leftOut) : null);
    if (!paid) {
      paid = true;
      replace(headers, h('h2', {}, 'Headers'), table(event.headers));
      replace(payload, body(event));
    }
  }, () => open ? 1000 : 5000);

  function actions(event) {
    if (viewer) return null;
    const waits = event.status === 'retrying';
    return h('button', {type: 'button', class: 'primary', disabled: event.status === 'processing', onclick: async click => {
      const button = click.target;
      if (event.status === 'done' && !await ask('Run it again?',
        h('p', {}, 'It is done. Every handler runs once more, and what has no guard of its own happens twice.'), 'Replay')) return;
      button.disabled = true;
      try {
        await post('/events/' + event.id + '/replay');
        toast('Put back; its handlers take it from here.');
        open = true;
      } catch (error) {
        toast(error.message, true);
        button.disabled = false;
      }
      live.now();
    }}, waits ? 'Retry now' : 'Replay');
  }
  return live;
}

function fact(name, value) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

function copied(value) {
  return [h('span', {class: 'mono'}, text(value)), ' ', h('button', {type: 'button', class: 'quiet tiny', 'aria-label': 'Copy ' + visible(value), onclick: () => copy(value)}, 'copy')];
}

function handler(one) {
  return h('div', {class: 'panel'}, h('div', {class: 'row'}, h('h3', {}, text(one.route)), pill(one.status)),
    one.suspendedBy && OPEN.includes(one.status) ? h('p', {class: 'small'}, 'Suspended by ', text(one.suspendedBy), ': its events wait until it is resumed, see ', h('a', {href: '/console/routes', 'data-nav': true, class: 'inline'}, 'Routes'), '.') : null,
    one.attempts.length ? h('table', {class: 'list attempts'}, h('caption', {class: 'away'}, 'Attempts, oldest first'),
      h('thead', {}, h('tr', {}, [['#', 'num'], ['When'], ['Took', 'num'], ['Outcome'], ['Error or note']].map(([name, c]) => h('th', {scope: 'col', class: c || null}, name)))),
      h('tbody', {}, one.attempts.map((attempt, i) => h('tr', {},
        h('td', {class: 'num'}, i + 1), h('td', {}, exact(attempt.at)), h('td', {class: 'num'}, millis(attempt.durationMs)),
        h('td', {}, pill(attempt.outcome), waited(attempt)), h('td', {class: attempt.error ? 'error wrap' : 'wrap'}, text(attempt.error || attempt.note || ''))))))
      : h('p', {class: 'muted small'}, 'Not tried yet.'));
}

/** Who has no part in the event, and why: there is no attempt that could tell it. */
function leftOut(list) {
  const others = list.filter(one => one.because === 'type');
  return h('div', {class: 'panel'}, h('h3', {}, 'Not for these, by the routes of today'),
    list.filter(one => one.because !== 'type').map(one => h('p', {class: 'small'}, text(one.route, 'strong'), one.because === 'when'
      ? [': its condition does not hold: ', text(one.when, 'mono')]
      : ' takes such an event today, and did not when this one came. A replay gives it the event.')),
    others.length ? h('p', {class: 'muted small'}, 'Other types only: ', others.map((one, i) => [i ? ', ' : '', text(one.route)])) : null);
}

/** Days of waiting for a provider are one row. */
function waited(attempt) {
  return attempt.until ? h('div', {class: 'muted small'}, attempt.times > 1 ? number(attempt.times) + ' times, ' : '', 'until ', exact(attempt.until)) : null;
}

function table(headers) {
  const entries = Object.entries(headers || {}).flatMap(([name, value]) => [].concat(value).map(one => [name, one]));
  if (!entries.length) return h('p', {class: 'empty'}, 'None were kept.');
  return h('table', {class: 'list pairs'}, h('caption', {class: 'away'}, 'Headers'), h('tbody', {}, entries.map(([name, value]) =>
    h('tr', {}, h('th', {scope: 'row', class: 'mono'}, text(name)), h('td', {class: 'mono wrap'}, text(typeof value === 'string' ? value : JSON.stringify(value)))))));
}

function body(event) {
  const binary = event.payload === null;
  const bytes = binary ? bytesOf(event.payloadBase64) : null;
  const laid = binary ? null : pretty(event.payload);
  const views = binary ? [['Bytes', () => hex(bytes, MOST_BYTES)], ['Base64', () => event.payloadBase64]]
    : [...(laid === null ? [] : [['Pretty', () => laid]]), ['Raw', () => event.payload]];
  const size = binary ? bytes.length : new TextEncoder().encode(event.payload).length;
  const pre = h('pre', {class: 'payload mono', tabindex: 0, 'aria-label': 'Payload'});
  const more = h('div', {class: 'row'});
  const tabs = h('div', {class: 'segments', role: 'group', 'aria-label': 'How to show it'}, views.map(([name, make], i) =>
    h('button', {type: 'button', 'aria-pressed': String(i === 0), onclick: event => {
      for (const tab of tabs.children) tab.setAttribute('aria-pressed', String(tab === event.currentTarget));
      put(make());
    }}, name)));
  function put(value) {
    const rest = value.length > MOST_CHARACTERS;
    lay(replace(pre), rest ? value.slice(0, MOST_CHARACTERS) : value);
    replace(more, rest ? [h('span', {class: 'muted'}, 'The first ', number(MOST_CHARACTERS), ' of ', number(value.length), ' characters. '),
      h('button', {type: 'button', onclick: () => { lay(replace(pre), value); replace(more); }}, 'Show all')] : null);
    if (binary && bytes.length > MOST_BYTES) more.append(h('span', {class: 'muted'}, 'The first ' + number(MOST_BYTES) + ' bytes; download has all.'));
  }
  put(views[0][1]());
  return [h('div', {class: 'row between'}, h('div', {class: 'row'}, h('h2', {}, 'Payload'), h('span', {class: 'muted'}, number(size) + ' bytes')),
    h('div', {class: 'row'}, tabs,
      h('button', {type: 'button', onclick: () => copy(binary ? event.payloadBase64 : event.payload)}, 'Copy'),
      h('button', {type: 'button', onclick: () => download(event, bytes)}, 'Download'))), pre, more];
}

/** In pieces, of which a browser lays out those that are looked at. */
function lay(pre, value) {
  for (let from = 0; from < value.length;) {
    const line = value.indexOf('\n', from + PIECE);
    const end = line < 0 ? value.length : line + 1;
    pre.append(fill(h('div', {class: 'piece'}), value.slice(from, end)));
    from = end;
  }
}

function download(event, bytes) {
  const address = URL.createObjectURL(new Blob([bytes || event.payload], {type: 'application/octet-stream'}));
  const link = h('a', {href: address, download: event.id + (bytes ? '.bin' : '.txt')});
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
