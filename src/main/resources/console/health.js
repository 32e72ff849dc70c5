// What the health checks say, and who has to log in again.
import {get, repeat} from './api.js';
import {add, copy, h, number, pill, replace, text, time, visible, worstFirst} from './dom.js';

export const title = 'Health';

export function show(root) {
  const head = h('div', {class: 'row', role: 'status'});
  const body = h('tbody');
  const logins = h('section', {'aria-label': 'Logins', 'aria-live': 'polite'});
  add(root, h('div', {class: 'row between'}, h('div', {class: 'row'}, h('h1', {}, 'Health'), head),
    h('a', {class: 'button', href: '/console/suppressions', 'data-nav': true}, 'Suppressed addresses')),
    h('table', {class: 'list checks'}, h('caption', {class: 'away'}, 'Health checks'),
      h('thead', {}, h('tr', {}, ['Check', 'State', 'Since', 'What it says'].map(name => h('th', {scope: 'col'}, name)))), body),
    h('p', {class: 'muted small'}, 'For machines: ', h('code', {}, '/observe/health'), ' of the management port. Only the event store takes a node off the load balancer; a provider that is down never does.'), logins);
  const tokens = repeat(async signal => {
    replace(logins, loginsOf(await get('/dead-tokens', signal)));
  }, 30000);
  const checks = repeat(async signal => {
    const {checks} = await get('/health', signal);
    const worst = ['down', 'degraded'].find(state => checks.some(one => one.state === state)) || 'up';
    replace(head, h('span', {class: 'muted'}, 'all in all '), pill(worst));
    replace(body, worstFirst(checks, 'state').map(one => h('tr', {'data-row': true, tabindex: -1},
      h('td', {class: 'wide'}, h('strong', {}, text(one.name))),
      h('td', {}, pill(one.state)),
      h('td', {}, time(one.since)),
      h('td', {class: 'wrap'}, one.detail ? text(one.detail) : h('span', {class: 'muted'}, '–')))));
  }, 5000);
  return {stop() {
    tokens.stop();
    checks.stop();
  }};
}

/** Those for whom the hub can do nothing until they log in again. */
function loginsOf({tokens, complete}) {
  const head = h('h2', {}, 'Logins');
  if (!tokens.length) return [head, h('p', {class: 'muted small'}, 'Nobody has to log in again.')];
  return [head,
    h('p', {}, complete ? number(tokens.length) : 'More than ' + number(tokens.length), tokens.length === 1 ? ' person has' : ' people have', ' to log in again: until then every call on their behalf fails.'),
    h('table', {class: 'list logins'}, h('caption', {class: 'away'}, 'Who has to log in again, the latest first'),
      h('thead', {}, h('tr', {}, ['Person', 'Provider', 'Since', 'Why', 'Remedy'].map(name => h('th', {scope: 'col'}, name)))),
      h('tbody', {}, tokens.map(login)))];
}

function login(one) {
  const address = location.origin + one.login;
  return h('tr', {'data-row': true, tabindex: -1},
    h('td', {class: 'wide'}, h('strong', {}, text(one.subject))),
    h('td', {class: 'name'}, text(one.provider)),
    h('td', {}, one.since ? time(one.since) : h('span', {class: 'muted'}, 'long ago')),
    h('td', {class: 'error wrap'}, one.reason ? text(one.reason) : 'the provider refused the refresh token'),
    h('td', {class: 'wrap'}, 'logs in again at ', h('span', {class: 'mono small'}, text(address)), ' ',
      h('button', {type: 'button', class: 'quiet tiny', 'aria-label': 'Copy ' + visible(address), onclick: () => copy(address)}, 'copy')));
}
