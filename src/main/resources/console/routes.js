// Every route, and how events flow through them.
import {get, post, repeat} from './api.js';
import {add, ask, h, millis, number, pill, replace, s, text, time, toast, visible} from './dom.js';

export const title = 'Routes';

const KINDS = [['handler', 'Handlers'], ['source', 'Sources'], ['api', 'API'], ['step', 'Steps'], ['engine', 'Engine']];

export function show(root, {query, viewer, go}) {
  let kind = query.get('kind') || 'handler';
  const flow = h('div', {class: 'panel scroll', tabindex: 0, role: 'region', 'aria-label': 'Topology'});
  const body = h('tbody');
  const tabs = h('div', {class: 'segments', role: 'group', 'aria-label': 'Kind of route'}, KINDS.map(([name, label]) =>
    h('button', {type: 'button', 'data-kind': name, onclick: () => {
      kind = name;
      go('/console/routes' + (name === 'handler' ? '' : '?kind=' + name), {silent: true});
      if (last) list(last);
    }}, label)));
  add(root, h('div', {class: 'row between'}, h('h1', {}, 'Routes'), h('a', {class: 'button', href: '/console/schemes', 'data-nav': true}, 'Schemes')), flow, h('div', {class: 'row between'}, h('h2', {}, 'All routes'), tabs),
    h('table', {class: 'list routes'}, h('caption', {class: 'away'}, 'Routes'),
      h('thead', {}, h('tr', {}, [['Route'], ['State'], ['Handled', 'num'], ['Failed', 'num'], ['Mean', 'num'], ['File'], ['']].map(([name, c]) =>
        name ? h('th', {scope: 'col', class: c || null}, name) : h('td')))), body),
    h('p', {class: 'muted small'}, 'Counted since this process started.'));

  let last = null;
  let drawn = '';
  const live = repeat(async signal => {
    const [{routes}, stats, {integrations}] = await Promise.all([get('/routes', signal), get('/stats', signal), get('/integrations', signal)]);
    last = routes;
    const shape = JSON.stringify([routes.map(one => [one.id, one.state, one.stores, one.handles, one.providers]), stats.sources.map(one => [one.source, one.backlog, one.dead]), integrations.map(one => [one.name, one.status])]);
    if (shape !== drawn) {
      drawn = shape;
      replace(flow, topology(routes, stats, integrations));
    }
    list(routes);
  }, 3000);

  function list(routes) {
    for (const tab of tabs.children) tab.setAttribute('aria-pressed', String(tab.dataset.kind === kind));
    const at = body.contains(document.activeElement) ? document.activeElement.dataset.route : null;
    replace(body, routes.filter(one => one.kind === kind).sort((a, b) => a.id.localeCompare(b.id)).map(row));
    if (at) body.querySelector('[data-route="' + CSS.escape(at) + '"]')?.focus();
  }

  function row(one) {
    return h('tr', {'data-row': true, tabindex: -1},
      h('td', {class: 'wide'}, h('strong', {}, text(one.id)), h('div', {class: 'muted small'}, text(one.description || one.from)),
        one.suspendedBecause ? h('div', {class: 'error small'}, text(one.suspendedBecause), '. Its events wait: mend the address, then resume it.') : null,
        one.types || one.when ? h('div', {class: 'small'}, one.types ? [h('span', {class: 'muted'}, 'takes '), text(one.types, 'mono'), ' '] : null,
          one.when ? [h('span', {class: 'muted'}, 'when '), text(one.when, 'mono')] : null) : null,
        one.transacted ? h('div', {class: 'muted small'}, 'Effects and completion are one commit.') : null,
        one.notTransactedBecause ? h('div', {class: 'muted small'}, 'No transaction: ', text(one.notTransactedBecause)) : null),
      h('td', {}, pill(one.state), one.suspendedBy ? h('div', {class: 'muted small'}, 'by ', text(one.suspendedBy), ', ', time(one.suspendedAt)) : null),
      h('td', {class: 'num'}, number(one.handled)),
      h('td', {class: 'num' + (one.failed ? ' warn' : '')}, number(one.failed)),
      h('td', {class: 'num'}, millis(one.meanMs)),
      h('td', {class: 'mono small wrap'}, one.file ? text(one.file) : 'in the engine'),
      h('td', {class: 'acts'}, viewer || !one.suspendable ? null : one.state === 'suspended' || one.state === 'suspending'
        ? h('button', {type: 'button', 'data-route': one.id, 'aria-label': 'Resume ' + visible(one.id), onclick: () => change(one, 'resume')}, 'Resume')
        : h('button', {type: 'button', 'data-route': one.id, 'aria-label': 'Suspend ' + visible(one.id), onclick: () => change(one, 'suspend')}, 'Suspend')));
  }

  async function change(one, what) {
    try {
      if (what === 'suspend' && !await ask('Suspend ' + one.id + '?',
        h('p', {}, 'Its events wait until it is resumed, on every node and after a restart too. Nothing is lost.'), 'Suspend')) return;
      await post('/routes/' + encodeURIComponent(one.id) + '/' + what);
      toast(one.id + (what === 'suspend' ? ' takes no more events' : ' goes on'));
    } catch (error) {
      toast(error.message, true);
    }
    setTimeout(() => live.now(), 300);
  }
  return live;
}

const COLUMN = 250;
const BOX = 200;
const ROW = 34;

/** The columns of the topology, and edges between the keys of their boxes, with the state of the handler. */
export function graph(routes) {
  const handlers = routes.filter(one => one.handles);
  const inboxes = [...new Set([...handlers.map(one => one.handles), ...routes.filter(one => !one.handles).flatMap(one => one.stores)])].sort();
  const feeders = routes.filter(one => one.stores.length && one.kind !== 'step' && one.kind !== 'engine');
  const order = inbox => inboxes.indexOf(inbox);
  feeders.sort((a, b) => order(a.stores[0]) - order(b.stores[0]) || a.id.localeCompare(b.id));
  handlers.sort((a, b) => order(a.handles) - order(b.handles) || a.id.localeCompare(b.id));
  const providers = [...new Set(handlers.flatMap(one => one.providers))].sort();
  const edges = [
    ...feeders.flatMap(one => one.stores.map(inbox => ['route:' + one.id, 'inbox:' + inbox])),
    ...handlers.map(one => ['inbox:' + one.handles, 'route:' + one.id, one.state]),
    ...handlers.flatMap(one => one.stores.map(inbox => ['route:' + one.id, 'inbox:' + inbox])),
    ...handlers.flatMap(one => one.providers.map(name => ['route:' + one.id, 'provider:' + name])),
  ];
  return {feeders, inboxes, handlers, providers, edges};
}

/** Source → inbox → handlers → providers, drawn from left to right. */
function topology(routes, stats, integrations) {
  const backlog = Object.fromEntries(stats.sources.map(one => [one.source, one]));
  const status = Object.fromEntries(integrations.map(one => [one.name, one.status]));
  const {feeders, inboxes, handlers, providers, edges} = graph(routes);
  const most = Math.max(feeders.length, inboxes.length, handlers.length, providers.length, 1);
  const height = most * ROW + 30;
  const nodes = {};
  const spread = (key, list, column) => list.forEach((name, i) => {
    nodes[key + name] = {x: column * COLUMN, y: 30 + (i + 0.5) * (height - 30) / list.length};
  });
  spread('route:', feeders.map(one => one.id), 0);
  spread('inbox:', inboxes, 1);
  spread('route:', handlers.map(one => one.id), 2);
  spread('provider:', providers, 3);
  const link = ([a, b, state]) => {
    const from = nodes[a];
    const to = nodes[b];
    const back = to.x <= from.x;
    const x1 = from.x + (back ? 0 : BOX);
    const x2 = to.x + (back ? BOX : 0);
    const half = (x2 - x1) / 2;
    return s('path', {class: 'edge' + (back ? ' back' : '') + (state && state !== 'started' ? ' held' : ''),
      d: `M${x1} ${from.y}C${x1 + half} ${from.y} ${x2 - half} ${to.y} ${x2} ${to.y}`});
  };
  const box = (key, name, tone, note) => {
    const node = nodes[key];
    const words = visible(name);
    // Both share a line of the box.
    const room = note ? 28 - note.length : 29;
    return s('g', {class: 'node ' + tone, transform: `translate(${node.x} ${node.y})`}, s('title', {}, words + (note ? ' · ' + note : '')),
      s('rect', {x: 0, y: -13, width: BOX, height: 26, rx: 5}),
      s('text', {x: 9, y: 4}, words.length > room ? words.slice(0, room - 1) + '…' : words),
      note ? s('text', {class: 'note', x: BOX - 8, y: 4, 'text-anchor': 'end'}, note) : null);
  };
  const heads = ['Source', 'Inbox', 'Handler', 'Provider'].map((name, i) => s('text', {class: 'head', x: i * COLUMN, y: 12}, name));
  const tone = {up: 'ok', degraded: 'warn', down: 'bad', 'not-configured': 'off'};
  const wide = 3 * COLUMN + BOX;
  return s('svg', {class: 'topology', viewBox: `-2 -2 ${wide + 4} ${height + 4}`, width: wide, height, role: 'img',
    'aria-label': `${feeders.length} sources feed ${inboxes.length} inboxes; ${handlers.length} handlers call ${providers.length} providers`},
    edges.filter(([a, b]) => nodes[a] && nodes[b]).map(link), heads,
    feeders.map(one => box('route:' + one.id, one.id, one.state === 'started' ? '' : 'warn')),
    inboxes.map(name => {
      const now = backlog[name];
      return box('inbox:' + name, name, now && now.dead ? 'bad' : now && now.backlog ? 'warn' : '', now && (now.backlog || now.dead) ? (now.backlog ? number(now.backlog) + ' wait' : number(now.dead) + ' dead') : '');
    }),
    handlers.map(one => box('route:' + one.id, one.id, one.state === 'started' ? 'ok' : 'warn', one.state === 'started' ? '' : one.state)),
    providers.map(name => box('provider:' + name, name, tone[status[name]] || 'off', status[name] === 'up' ? '' : status[name] === 'not-configured' ? 'not set' : status[name])));
}
