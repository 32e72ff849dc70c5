// What is broken, why, and where to press.
import {get, post, repeat} from './api.js';
import {add, h, millis, number, pill, replace, span, text, time, toast, worstFirst} from './dom.js';
import {chart} from './chart.js';

export const title = 'Overview';

const TONES = ['a', 'b', 'c', 'd', 'e', 'f'];

export function show(root, {query, viewer, go}) {
  let range = query.get('range') === 'day' ? 'day' : 'hour';
  const alerts = h('section', {'aria-label': 'Alerts'});
  const totals = h('section', {class: 'totals', 'aria-label': 'Inbox'});
  const cards = h('section', {class: 'cards', 'aria-label': 'Integrations'});
  const idle = h('p', {class: 'muted small idle'});
  const charts = h('section', {class: 'charts', 'aria-label': 'Figures'});
  const choice = h('div', {class: 'segments', role: 'group', 'aria-label': 'Time shown'}, ['hour', 'day'].map(one =>
    h('button', {type: 'button', 'data-range': one, onclick: () => {
      range = one;
      go('/console/' + (one === 'day' ? '?range=day' : ''), {silent: true});
      mark();
      figures.now();
    }}, one === 'hour' ? 'Last hour' : 'Last day')));
  const chartsHead = h('div', {class: 'row between'}, h('h2', {}, 'Figures'), choice);
  add(root, h('h1', {class: 'away'}, 'Overview'), alerts, totals,
    h('h2', {}, 'Integrations'), cards, idle, chartsHead, charts);

  function mark() {
    for (const button of choice.children) button.setAttribute('aria-pressed', String(button.dataset.range === range));
  }
  mark();

  const state = repeat(async signal => {
    const [{integrations}, stats] = await Promise.all([get('/integrations', signal), get('/stats', signal)]);
    replace(totals, tiles(stats));
    const sorted = worstFirst(integrations, 'status');
    replace(cards, sorted.filter(one => one.configured).map(card));
    replace(idle, sorted.filter(one => !one.configured).map(one => h('span', {class: 'unset'}, h('strong', {}, text(one.name)), ' not configured, set ',
      one.missing.map((name, i) => [i ? ', ' : '', h('code', {}, name)]))));
  }, 5000);

  const warnings = repeat(async signal => {
    const answer = await get('/alerts', signal);
    replace(alerts, answer.alerts.map(one => alert(one, viewer, warnings)));
  }, 10000);

  const figures = repeat(async signal => {
    replace(charts, draw(await get('/figures?range=' + range, signal)));
  }, () => range === 'hour' ? 15000 : 60000);

  return {stop() {
    state.stop();
    warnings.stop();
    figures.stop();
  }};
}

function tiles(stats) {
  const late = stats.oldestWaitingSeconds;
  return [
    tile('Backlog', number(stats.backlog), stats.backlog ? 'oldest waits ' + span(late) : 'nothing waits', late > 600 ? 'warn' : '', stats.received || !stats.retrying ? '/console/events?status=received' : '/console/events?status=retrying'),
    tile('Retrying', number(stats.retrying), 'failed, will be tried again', stats.retrying ? 'warn' : '', '/console/events?status=retrying'),
    tile('Dead', number(stats.dead), stats.dead ? 'need somebody' : 'none', stats.dead ? 'bad' : '', '/console/dead-letters'),
    tile('Done', number(stats.done), 'kept', '', '/console/events?status=done'),
    tile('Ignored', number(stats.ignored), 'no handler', '', '/console/events?status=ignored'),
  ];
}

function tile(name, value, note, tone, href) {
  return h('a', {class: 'tile ' + tone, href, 'data-nav': true}, h('span', {class: 'muted'}, name), h('strong', {}, value), h('span', {class: 'muted small'}, note));
}

function card(one) {
  const rate = one.calls ? (100 * one.errors / one.calls).toFixed(one.errors && one.errors < one.calls / 100 ? 2 : 0) + ' %' : '–';
  return h('article', {class: 'card ' + one.status},
    h('header', {}, h('h3', {}, text(one.name)), pill(one.status)),
    h('dl', {class: 'facts'},
      fact('Breaker', one.breaker, one.breaker === 'closed' ? '' : 'bad'),
      fact('Calls/min', (one.calls / 15).toFixed(one.calls < 150 ? 1 : 0)),
      fact('Errors', rate, one.errors ? 'warn' : ''),
      fact('p50 / p95', one.calls ? millis(one.p50Ms) + ' / ' + millis(one.p95Ms) : '–'),
      fact('Last success', time(one.lastSuccessAt))),
    one.lastError ? h('p', {class: 'error small clip', title: one.lastError}, text(one.lastError)) : null);
}

function fact(name, value, tone = '') {
  return h('div', {}, h('dt', {}, name), h('dd', {class: tone}, value));
}

function alert(one, viewer, warnings) {
  const silent = one.silencedUntil && new Date(one.silencedUntil) > new Date();
  const silence = minutes => async () => {
    try {
      await post('/alerts/' + encodeURIComponent(one.name) + '/silence', {minutes});
      toast(minutes ? 'Silenced for ' + span(minutes * 60) : 'Told again from now on');
      warnings.now();
    } catch (error) {
      toast(error.message, true);
    }
  };
  return h('div', {class: 'alert ' + (silent ? 'silent' : one.severity)},
    pill(one.severity), h('div', {class: 'grow'}, h('strong', {}, text(one.name)), ' ', text(one.summary),
      h('div', {class: 'muted small'}, 'since ', time(one.since), silent ? [' · silent, ends ', time(one.silencedUntil)] : null)),
    viewer ? null : h('div', {class: 'row'}, silent
      ? h('button', {type: 'button', onclick: silence(0)}, 'End silence')
      : [h('button', {type: 'button', onclick: silence(60)}, 'Silence 1 h'),
        h('button', {type: 'button', onclick: silence(1440)}, '1 d')]));
}

function draw({from, stepSeconds, series}) {
  const {events, calls, latencies} = lines(series, stepSeconds);
  return [
    chart('Events', {from, stepSeconds, unit: 'per minute', series: events}),
    chart('Calls out', {from, stepSeconds, unit: 'per minute', series: calls}),
    chart('95 % take at most', {from, stepSeconds, unit: 'ms', series: latencies}),
  ];
}

/** What each chart shows. A point that was not measured is null. */
export function lines(series, stepSeconds) {
  const perMinute = points => points.map(value => value === null ? null : value * 60 / stepSeconds);
  const own = (name, label, tone) => series.filter(one => one.name === name && !one.provider)
    .map(one => ({label, tone, points: perMinute(one.points)}));
  const ofProviders = name => series.filter(one => one.name === name && one.provider);
  const all = (name, label, tone) => {
    const each = ofProviders(name);
    return each.length ? [{label, tone, points: perMinute(total(each.map(one => one.points)))}] : own(name, label, tone);
  };
  return {
    events: [...own('received', 'received', 'a'), ...own('done', 'done', 'ok'), ...own('failed-attempts', 'failed attempts', 'warn'), ...own('dead', 'dead', 'bad')],
    calls: [...all('calls', 'calls', 'a'), ...all('call-errors', 'errors', 'bad')],
    latencies: [...series.filter(one => one.name === 'handle-p95-ms').map(one => [one.route ? 'handler ' + one.route : 'handlers', one]),
      ...ofProviders('call-p95-ms').map(one => [one.provider, one])].slice(0, TONES.length)
      .map(([label, {points}], i) => ({label, tone: TONES[i], points})),
  };
}

/** Point by point; null where none of them was measured. */
function total(lists) {
  return Array.from({length: Math.max(...lists.map(one => one.length))}, (_, i) => {
    const measured = lists.map(one => one[i] ?? null).filter(value => value !== null);
    return measured.length ? measured.reduce((sum, value) => sum + value, 0) : null;
  });
}
