// A line chart: time goes right, what was not measured is a gap.
import {h, s} from './dom.js';

const WIDTH = 420;
const HEIGHT = 140;
const LEFT = 38;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;

/** The end of an axis on which the greatest value fits. */
export function nice(most) {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 2.5, 5, 10].find(one => one * power >= most);
  return step * power;
}

export function label(value) {
  return value >= 10000 ? +(value / 1000).toFixed(1) + 'k' : +value.toFixed(value < 10 ? 2 : 0) + '';
}

export function clock(time, days) {
  const date = new Date(time);
  const two = n => String(n).padStart(2, '0');
  return (days ? two(date.getDate()) + '.' + two(date.getMonth() + 1) + '. ' : '') + two(date.getHours()) + ':' + two(date.getMinutes());
}

/** The line's path, with gaps where nothing was measured; alone are the points between two gaps, of which no line shows. */
export function trace(points, x, y) {
  const measured = i => points[i] !== null && points[i] !== undefined;
  const indices = [...points.keys()].filter(measured);
  return {
    path: indices.map(i => (measured(i - 1) ? 'L' : 'M') + x(i).toFixed(1) + ' ' + y(points[i]).toFixed(1)).join(''),
    alone: indices.filter(i => !measured(i - 1) && !measured(i + 1)),
  };
}

/**
 * @param series [{label, tone, points}], all of one length
 * @param unit of a value, for the words beside it
 */
export function chart(title, {from, stepSeconds, series, unit}) {
  const begin = new Date(from).getTime();
  const length = Math.max(0, ...series.map(one => one.points.length));
  const values = series.flatMap(one => one.points).filter(one => one !== null && one !== undefined);
  const top = nice(Math.max(0, ...values));
  const x = i => LEFT + (length < 2 ? 0 : i * (WIDTH - LEFT - RIGHT) / (length - 1));
  const y = value => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.5, 1].map(part => [
    s('line', {class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(part * top), y2: y(part * top)}),
    s('text', {class: 'axis', x: LEFT - 6, y: y(part * top) + 4, 'text-anchor': 'end'}, label(part * top))]);
  const ticks = length < 2 ? [] : [0, 1, 2, 3, 4].map(part => {
    const i = Math.round(part * (length - 1) / 4);
    return s('text', {class: 'axis', x: x(i), y: HEIGHT - 4, 'text-anchor': part === 0 ? 'start' : part === 4 ? 'end' : 'middle'},
      clock(begin + i * stepSeconds * 1000));
  });
  const lines = series.map(one => {
    const {path, alone} = trace(one.points, x, y);
    return [s('path', {class: 'line ' + one.tone, d: path}),
      alone.map(i => s('circle', {class: 'dot ' + one.tone, cx: x(i).toFixed(1), cy: y(one.points[i]).toFixed(1), r: 2}))];
  });
  const cursor = s('line', {class: 'cursor', y1: TOP, y2: HEIGHT - BOTTOM, visibility: 'hidden'});
  const now = h('span', {class: 'reading muted'}, values.length ? '' : 'nothing measured yet');
  const legend = h('div', {class: 'legend'}, series.map(one => h('span', {}, h('i', {class: 'swatch ' + one.tone}), one.label)), now);
  const words = series.map(one => {
    const last = one.points.filter(value => value !== null && value !== undefined).at(-1);
    return one.label + ' ' + (last === undefined ? 'nothing' : label(last) + ' ' + unit);
  }).join(', ');
  const drawing = s('svg', {class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title}. Last: ${words}`,
    onpointermove: event => {
      const box = drawing.getBoundingClientRect();
      const i = Math.round(((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * (length - 1));
      if (i < 0 || i >= length) return;
      cursor.setAttribute('x1', x(i));
      cursor.setAttribute('x2', x(i));
      cursor.setAttribute('visibility', 'visible');
      now.textContent = clock(begin + i * stepSeconds * 1000, stepSeconds * length > 90000) + ' · '
        + series.map(one => one.label + ' ' + (one.points[i] === null || one.points[i] === undefined ? '–' : label(one.points[i]))).join(' · ');
    },
    onpointerleave: () => {
      cursor.setAttribute('visibility', 'hidden');
      now.textContent = '';
    }}, grid, ticks, lines, cursor);
  return h('figure', {class: 'panel'}, h('figcaption', {}, h('strong', {}, title), h('span', {class: 'muted'}, ' ' + unit)), drawing, legend);
}
